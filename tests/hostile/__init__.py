"""Every door through which something untrusted comes, by door: whatever comes, only the documented error or a valid
value goes on, in bounded time; nothing outside the own folders is written, nothing unprintable is shown.
"""
