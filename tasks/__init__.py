"""In and out: each task loads, calls the library once, and stores."""
