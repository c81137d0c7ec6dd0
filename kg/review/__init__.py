"""What a reviewer needs: what was missed (coverage), what the vocabulary lacks (candidates)."""
