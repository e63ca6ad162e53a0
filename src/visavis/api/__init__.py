"""The HTTP API: parse, ask, answer. No rules."""
