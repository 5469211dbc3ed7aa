"""Step: part -> tracked people, objects, crops."""
