-- kotozoe: tells the daemon of this player, and gives it a way in.
--
-- Options: script-opts/kotozoe.conf. Everything that is decided, is decided by the daemon: no network here, and no
-- parsing of names. An error in a handler would end the whole script, so each of them is guarded.

local mp = require 'mp'
local msg = require 'mp.msg'
local options = require 'mp.options'
local utils = require 'mp.utils'

local PROTOCOL = 1 -- shared with the daemon; raised when either would misread the other
local VERSION = '0.1.0'
local TRIES, PAUSE = 50, 0.02 -- binding a socket takes some ms after it was asked for, and never tells when it failed

local opts = { enabled = true }
local state = { socket = nil, made = nil, file = nil, folder = nil, mismatch = false }
local M = {}

-- Pure parts ----------------------------------------------------------------------------------------------------------

-- Return where players announce themselves, nil where there is no such place. The daemon has the same rule.
function M.runtime_folder(getenv, platform)
    local base = getenv('XDG_RUNTIME_DIR')
    if not base or base == '' then
        local temp = getenv('TMPDIR') or ''
        -- mpv tells its platform since 0.36; before that, macOS is known by where its temporary folders are
        local mac = platform == 'darwin' or (not platform and temp:find('^/var/folders/'))
        base = mac and temp or ''
    end
    if base:sub(1, 1) ~= '/' then return nil end
    return (base:gsub('/+$', '')) .. '/kotozoe'
end

-- Return why this mpv is none that somebody watches, nil if it may be. `get` reads a property.
function M.unwatched(get)
    local function value(name) return get(name) or '' end
    if value('options/o') ~= '' or value('options/of') ~= '' then return 'it encodes' end
    if value('options/vid') == 'no' then return 'it shows no video' end
    if ('+' .. value('options/vo')):find('[+,]image') then return 'it writes pictures' end
    return nil
end

-- Return the announcement as one line of JSON.
function M.announcement(pid, socket, version)
    return (utils.format_json({
        protocol = PROTOCOL, pid = pid, socket = socket, mpv = version, script = VERSION,
    }))
end

-- Return the client to answer and the daemon's protocol number, or nil for what is no hello.
function M.parse_hello(text)
    local hello = type(text) == 'string' and #text < 4096 and utils.parse_json(text)
    if type(hello) ~= 'table' or type(hello.client) ~= 'string' then return nil end
    return hello.client, tonumber(hello.protocol)
end

-- Return what to say if the daemon speaks another protocol, nil if it speaks ours.
function M.mismatch(protocol)
    if protocol == PROTOCOL then return nil end
    local newer = protocol and protocol > PROTOCOL
    return 'kotozoe: ' .. (newer and 'this script is older than its daemon' or 'the daemon is older than this script')
        .. '; install both from the same version'
end

-- Return `length` random bytes in hexadecimal.
function M.random_name(length)
    local source = io.open('/dev/urandom', 'rb')
    local bytes = source and source:read(length)
    if source then source:close() end
    if not bytes then return nil end
    return (bytes:gsub('.', function(c) return ('%02x'):format(c:byte()) end))
end

-- Reaching out --------------------------------------------------------------------------------------------------------

local function guarded(handler)
    return function(...)
        local ok, err = pcall(handler, ...)
        if not ok then msg.error(tostring(err)) end
    end
end

local function write_whole(path, text)
    local temp = state.folder .. '/.' .. path:match('[^/]+$') .. '.tmp'
    local file, err = io.open(temp, 'w')
    if not file then return nil, err end
    local ok = file:write(text, '\n')
    ok = file:close() and ok
    if ok then ok, err = os.rename(temp, path) end
    if not ok then os.remove(temp) end
    return ok, err
end

local function announce()
    if state.file or not opts.enabled or not state.socket then return end
    local pid = utils.getpid()
    local path = ('%s/%d.json'):format(state.folder, pid)
    local ok, err = write_whole(path, M.announcement(pid, state.socket, mp.get_property('mpv-version', '')))
    if ok then
        state.file = path
    else
        msg.warn('cannot announce this player: ' .. tostring(err))
    end
end

local function withdraw()
    if state.file then os.remove(state.file) end
    state.file = nil
end

-- Wait for the socket, then announce it.
local function await_socket(path, tries)
    if utils.file_info(path) then
        state.socket = path
        announce()
    elseif tries > 0 then
        mp.add_timeout(PAUSE, guarded(function() await_socket(path, tries - 1) end))
    else
        msg.warn('mpv could not open its socket; kotozoe will not find this player')
    end
end

local function absolute(path)
    path = mp.command_native({ 'expand-path', path }) or path
    if path:sub(1, 1) == '/' then return path end
    return utils.join_path(utils.getcwd() or '/', path)
end

local function open_socket()
    local path = mp.get_property('input-ipc-server', '')
    if path ~= '' then
        await_socket(absolute(path), TRIES)
        return
    end
    local name = M.random_name(8)
    if not name then
        msg.warn('no random name to be had for a socket; kotozoe will not find this player')
        return
    end
    path = ('%s/mpv-%d-%s.sock'):format(state.folder, utils.getpid(), name)
    state.made = path
    mp.set_property('input-ipc-server', path)
    await_socket(path, TRIES)
end

-- Call `ready` once there is a folder of ours that is closed to others.
local function with_folder(ready)
    local function check()
        local found = utils.file_info(state.folder)
        if found and found.is_dir and found.mode % 64 == 0 then return ready() end
        msg.warn(state.folder .. ' must be yours alone (chmod 700); kotozoe will not find this player')
    end
    if utils.file_info(state.folder) then return check() end
    mp.command_native_async({
        name = 'subprocess', playback_only = false, args = { 'mkdir', '-m', '700', '--', state.folder },
    }, guarded(check))
end

local function start()
    if state.folder or not opts.enabled then return announce() end
    local reason = M.unwatched(mp.get_property)
    if reason then
        msg.verbose('silent: ' .. reason)
        return
    end
    state.folder = M.runtime_folder(os.getenv, mp.get_property('platform'))
    if not state.folder then
        msg.warn('there is no XDG_RUNTIME_DIR; kotozoe will not find this player')
        return
    end
    with_folder(open_socket)
end

local function hello(text)
    local client, protocol = M.parse_hello(text)
    if not client then return end
    mp.commandv('script-message-to', client, 'kotozoe-hello', (utils.format_json({
        protocol = PROTOCOL, script = VERSION,
    })))
    local line = M.mismatch(protocol)
    if line and not state.mismatch then
        state.mismatch = true
        msg.warn(line)
        mp.osd_message(line, 5)
    end
end

local function stop()
    withdraw()
    if state.made then os.remove(state.made) end
end

options.read_options(opts, 'kotozoe', guarded(function()
    if opts.enabled then start() else withdraw() end
end))
mp.register_script_message('hello', guarded(hello))
mp.register_event('shutdown', guarded(stop))
guarded(start)()

return M
