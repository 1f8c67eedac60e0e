"""Damages real small files in every way, and sends each the way a newcomer goes."""
