"""Published games over HTTP: an API, pages, video, and corrections by hand."""
