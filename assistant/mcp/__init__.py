"""The Model Context Protocol: the tools, the search and the library for any agent that speaks it.

Built on the official SDK, which is imported in this folder only. `server` puts the parts together;
`tools`, `library` and `prompts` are what a client sees; `transports` carries it over HTTP and over
standard input and output. No client's state is kept between its requests.
"""
