"""Where games and tables live: paths, objects, tables, the catalog, and what they cost."""
