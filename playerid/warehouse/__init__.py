"""Published tables and sql/ -> a DuckDB connection, and questions to it."""
