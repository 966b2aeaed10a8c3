"""Verification and video, by replaying inputs."""
