"""The published folder, served as a host would: the only room that knows Starlette and uvicorn."""
