"""One Markdown file in; infographics, clips, an article and a radio script out; each on its channel once."""

__version__ = "0.1.0"
