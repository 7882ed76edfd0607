-- A player that exists only as tables: what kotozoe.lua needs of mpv, with everything it did written down.

local M = {}

local function encode(value)
    if type(value) ~= 'table' then
        return type(value) == 'string' and ('%q'):format(value) or tostring(value)
    end
    local keys, parts = {}, {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys)
    for i, key in ipairs(keys) do parts[i] = ('"%s":%s'):format(key, encode(value[key])) end
    return '{' .. table.concat(parts, ',') .. '}'
end

-- Load the script into a new player. `world` overrides: properties, env, files (path -> file_info), mkdir (function),
-- options, json (text -> table), binds (false: the socket never appears), random (false: no /dev/urandom).
function M.start(script, world)
    local player = {
        properties = world.properties or {}, files = world.files or {}, options = world.options or {},
        said = {}, osd = {}, sent = {}, ran = {}, timers = {}, events = {}, messages = {},
        observed = {}, written = {}, removed = {}, keys = {}, overlay = { shown = false },
        clients = world.clients or {},
    }
    local function say(level)
        return function(text) player.said[#player.said + 1] = level .. ': ' .. text end
    end
    local mp = {
        get_property = function(name, default) return player.properties[name] or default end,
        set_property = function(name, value)
            player.properties[name] = value
            if name == 'input-ipc-server' and world.binds ~= false then player.files[value] = { is_file = false } end
            return true
        end,
        get_property_native = function(name) return player.properties[name] end,
        set_property_native = function(name, value) player.properties[name] = value end,
        observe_property = function(name, _, handler) player.observed[name] = handler end,
        add_timeout = function(_, handler) player.timers[#player.timers + 1] = handler end,
        register_event = function(name, handler) player.events[name] = handler end,
        register_script_message = function(name, handler) player.messages[name] = handler end,
        osd_message = function(text) if text == '' then return end player.osd[#player.osd + 1] = text end,
        commandv = function(...)
            for _, argument in ipairs({ ... }) do assert(type(argument) == 'string') end
            local command, target = ...
            if command == 'script-message-to' and player.clients[target] == false then return nil, 'no such client' end
            player.sent[#player.sent + 1] = table.concat({ ... }, ' ')
            return true
        end,
        get_time = function() return 0 end,
        add_key_binding = function(key, name, handler)
            player.keys[name] = handler
            if key then player.keys[key] = handler end
        end,
        add_forced_key_binding = function(key, _, handler) player.keys[key] = handler end,
        remove_key_binding = function(name) player.keys[name:gsub('^kotozoe%-', '')] = nil end,
        create_osd_overlay = function()
            player.overlay.update = function() player.overlay.shown = true end
            player.overlay.remove = function() player.overlay.shown = false end
            return player.overlay
        end,
        command_native = function(command) return command[2] end,
        command_native_async = function(command, done)
            player.ran[#player.ran + 1] = table.concat(command.args, ' ')
            if world.mkdir then world.mkdir(player.files, command.args[#command.args]) end
            done(true, {}, nil)
        end,
    }
    local utils = {
        -- as mpv's own, it returns two values
        format_json = function(value) return encode(value), nil end,
        parse_json = function(text) return (world.json or {})[text] end,
        getpid = function() return 42 end,
        getcwd = function() return '/home/me' end,
        join_path = function(a, b) return a .. '/' .. b end,
        file_info = function(path) return player.files[path] end,
    }
    package.loaded['mp'] = mp
    package.loaded['mp.msg'] = { warn = say('warn'), error = say('error'), verbose = say('verbose') }
    package.loaded['mp.utils'] = utils
    package.loaded['mp.options'] = {
        read_options = function(opts, name, changed)
            assert(name == 'kotozoe')
            player.opts = opts
            player.change = changed
            for key, value in pairs(player.options) do opts[key] = value end
        end,
    }
    local real = { open = io.open, remove = os.remove, rename = os.rename, getenv = os.getenv }
    local function file(path)
        return {
            read = function(_, length) return ('\171'):rep(length) end,
            write = function(_, ...)
                player.written[path] = table.concat({ ... })
                return not world.full
            end,
            close = function() return true end,
        }
    end
    -- luacheck: push ignore 122
    io.open = function(path, mode)
        if path == '/dev/urandom' then return world.random ~= false and file(path) or nil end
        if path == '/proc/self/status' then
            return { read = function() return 'Name:\tmpv\nUid:\t7\t7\t7\t7\n' end, close = function() end }
        end
        if mode == 'w' and world.readonly then return nil, path .. ': read-only' end
        return file(path)
    end
    os.rename = function(from, to)
        player.written[to], player.written[from] = player.written[from], nil
        return true
    end
    os.remove = function(path)
        player.removed[#player.removed + 1] = path
        player.written[path] = nil
    end
    os.getenv = function(name) return (world.env or { XDG_RUNTIME_DIR = '/run/me' })[name] end
    player.module = dofile(script)
    function player.press(...)
        for _, key in ipairs({ ... }) do
            local act = player.keys[key] or player.keys.any_unicode
            act({ event = 'press', key_text = key })
        end
    end
    function player.tick()
        local due = player.timers
        player.timers = {}
        for _, handler in ipairs(due) do handler() end
        return #due
    end
    function player.quit()
        io.open, os.remove, os.rename, os.getenv = real.open, real.remove, real.rename, real.getenv
    end
    -- luacheck: pop
    return player
end

return M
