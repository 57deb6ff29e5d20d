"""The pages: static HTML from the templates beside this package, every value escaped by Jinja2.

`site.open_pages` is the way in. Values are prepared here; templates only put them in their places.
"""
