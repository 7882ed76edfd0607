-- mpv runs scripts in Lua 5.1, 5.2 or LuaJIT
std = 'lua51c+lua52c'
max_line_length = 120
