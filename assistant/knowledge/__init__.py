"""Articles and glossary, and the way from them to ranked passages."""
