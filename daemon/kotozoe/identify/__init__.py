"""The pure room: values in, values out."""
