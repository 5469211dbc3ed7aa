"""Pictures of a video, and what lies in them: segments, boxes, masks, crops."""
