"""Scheduled exports and the folders they go to."""
