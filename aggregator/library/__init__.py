"""The read side: what people and feed readers ask for, out of the store, and the reads they leave behind."""
