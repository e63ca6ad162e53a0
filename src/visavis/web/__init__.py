"""The built client: its pages, its files, and the headers that fence them in."""
