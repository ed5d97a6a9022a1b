"""The warehouse floor: the box's steps from wave to courier, each a scan, each reading holds and stops again."""
