"""The text written for an episode: plain text, Markdown, a web page or a Word file in, one structured value out."""
