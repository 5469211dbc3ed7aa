"""What follows from the code for people to read: the README's tables, the pages of the schema."""
