"""Measuring the assistant on questions: does finding put a right source first?"""
