-- Run by a plain Lua: lua5.2 tests/lua/test_kotozoe.lua

local here = arg[0]:match('^(.*)/[^/]+$') or '.'
package.path = here .. '/?.lua;' .. package.path
local stage = require 'player'

local SCRIPT = here .. '/../../mpv-scripts/kotozoe.lua'
local FOLDER = '/run/me/kotozoe'
local SOCKET = FOLDER .. '/mpv-42-abababababababab.sock'
local FILE = FOLDER .. '/42.json'

local passed, failed = 0, 0

local function equal(got, expected, what)
    if got ~= expected then
        error(('%s: expected %s, got %s'):format(what or 'value', tostring(expected), tostring(got)), 2)
    end
end

local function test(name, world, check)
    local player = stage.start(SCRIPT, world)
    local ok, err = pcall(check, player)
    player.quit()
    passed, failed = passed + (ok and 1 or 0), failed + (ok and 0 or 1)
    if not ok then print('FAILED ' .. name .. '\n    ' .. tostring(err)) end
end

local function ours(mode)
    return { [FOLDER] = { is_dir = true, mode = mode or 448 } } -- 0700
end

test('a socket is opened and announced', { files = ours() }, function(player)
    equal(player.properties['input-ipc-server'], SOCKET)
    equal(player.written[FILE], '{"mpv":"","pid":42,"protocol":1,"script":"0.1.0","socket":"' .. SOCKET .. '"}\n')
    equal(#player.ran, 0)
    equal(#player.said, 0)
end)

test('the daemon is started only where that is asked for', {
    files = ours(), options = { start = true, program = '/opt/kotozoe' },
}, function(player)
    equal(table.concat(player.ran, ';'), '/opt/kotozoe run')
end)

test('nothing is left after the end', { files = ours() }, function(player)
    player.events.shutdown()
    equal(table.concat(player.removed, ' '), FILE .. ' ' .. SOCKET)
end)

test('a missing folder is made for the user alone', {
    mkdir = function(files, path) files[path] = ours()[FOLDER] end,
}, function(player)
    equal(player.ran[1], 'mkdir -m 700 -- ' .. FOLDER)
    equal(player.written[FILE] ~= nil, true)
end)

test('a folder that cannot be made is told once', {}, function(player)
    equal(#player.said, 1)
    equal(player.properties['input-ipc-server'], nil)
end)

for _, mode in ipairs({ 504, 449, 511 }) do -- 0770, 0701, 0777
    test('a folder open to others is not used', { files = ours(mode) }, function(player)
        equal(#player.said, 1)
        equal(player.properties['input-ipc-server'], nil)
    end)
end

test('a socket of the user is kept, and stays at the end', {
    properties = { ['input-ipc-server'] = '/tmp/mine' },
    files = { [FOLDER] = ours()[FOLDER], ['/tmp/mine'] = {} },
}, function(player)
    equal(player.written[FILE]:match('"socket":"([^"]+)"'), '/tmp/mine')
    player.events.shutdown()
    equal(table.concat(player.removed, ' '), FILE)
end)

test('a relative socket of the user is announced in full', {
    properties = { ['input-ipc-server'] = 'mine' },
    files = { [FOLDER] = ours()[FOLDER], ['/home/me/mine'] = {} },
}, function(player)
    equal(player.written[FILE]:match('"socket":"([^"]+)"'), '/home/me/mine')
end)

test('a socket that comes late is awaited', { files = ours(), binds = false }, function(player)
    player.tick()
    equal(player.written[FILE], nil)
    player.files[SOCKET] = {}
    player.tick()
    equal(player.written[FILE] ~= nil, true)
    equal(player.tick(), 0)
end)

test('a socket that never comes is told once', { files = ours(), binds = false }, function(player)
    while player.tick() > 0 do equal(player.written[FILE], nil) end
    equal(#player.said, 1)
end)

test('a disk that is full is told, and nothing half is left', { files = ours(), full = true }, function(player)
    equal(#player.said, 1)
    equal(next(player.written), nil)
end)

test('a folder that cannot be written is told', { files = ours(), readonly = true }, function(player)
    equal(player.said[1], 'warn: cannot announce this player: ' .. FOLDER .. '/.42.json.tmp: read-only')
end)

test('without random names there is no socket', { files = ours(), random = false }, function(player)
    equal(#player.said, 1)
    equal(player.properties['input-ipc-server'], nil)
end)

test('without a runtime folder one line says so', { env = {} }, function(player)
    equal(#player.said, 1)
    equal(#player.ran, 0)
end)

for name, value in pairs({ o = 'out.mkv', of = 'image2', vid = 'no', vo = 'image' }) do
    test('it is silent with --' .. name, { properties = { ['options/' .. name] = value }, files = ours() },
        function(player)
            equal(next(player.written), nil)
            equal(player.properties['input-ipc-server'], nil)
            equal(player.said[1]:match('^verbose'), 'verbose')
        end)
end

test('switched off it does nothing; switched on it starts; off again it withdraws', {
    files = ours(), options = { enabled = false },
}, function(player)
    equal(player.properties['input-ipc-server'], nil)
    player.opts.enabled = true
    player.change()
    equal(player.written[FILE] ~= nil, true)
    player.opts.enabled = false
    player.change()
    equal(player.written[FILE], nil)
    player.opts.enabled = true
    player.change()
    equal(player.written[FILE] ~= nil, true)
end)

test('a hello is answered to the one who said it', {
    files = ours(), json = { hi = { client = 'ipc_3', protocol = 1 } },
}, function(player)
    player.messages.hello('hi')
    equal(player.sent[1], 'script-message-to ipc_3 kotozoe-hello {"protocol":1,"script":"0.1.0"}')
    equal(#player.osd, 0)
end)

for protocol, word in pairs({ [0] = 'daemon is older', [2] = 'script is older' }) do
    test('another protocol is said once', {
        files = ours(), json = { hi = { client = 'ipc_3', protocol = protocol } },
    }, function(player)
        player.messages.hello('hi')
        player.messages.hello('hi')
        equal(#player.sent, 2)
        equal(#player.osd, 1)
        equal(player.osd[1]:find(word, 1, true) ~= nil, true, player.osd[1])
    end)
end

test('what is no hello is passed over', {
    files = ours(), json = { list = {}, number = 5, client = { client = 7 } },
}, function(player)
    for _, text in ipairs({ 'list', 'number', 'client', 'garbage', ('x'):rep(10000) }) do
        player.messages.hello(text)
    end
    player.messages.hello(nil)
    equal(#player.sent, 0)
    equal(#player.said, 0)
end)

test('an error in a handler ends nothing', { files = ours(), json = { hi = { client = 'c' } } }, function(player)
    package.loaded['mp'].commandv = function() error('no such client') end
    player.messages.hello('hi')
    equal(player.said[1]:match('^error: .*no such client') ~= nil, true)
end)

test('players meet below the runtime folder', {}, function(player)
    local cases = {
        { { XDG_RUNTIME_DIR = '/run/user/1/' }, nil, '/run/user/1/kotozoe' },
        { { XDG_RUNTIME_DIR = '/run/1', TMPDIR = '/var/folders/x' }, 'darwin', '/run/1/kotozoe' },
        { { TMPDIR = '/private/t/' }, 'darwin', '/private/t/kotozoe' },
        { { TMPDIR = '/var/folders/x/T/' }, nil, '/var/folders/x/T/kotozoe' },
        { { TMPDIR = '/tmp' }, nil, nil },
        { { TMPDIR = '/var/folders/x' }, 'linux', nil },
        { { XDG_RUNTIME_DIR = 'relative' }, nil, nil },
        { {}, 'darwin', nil },
    }
    for number, case in ipairs(cases) do
        local env, platform, expected = case[1], case[2], case[3]
        equal(player.module.runtime_folder(function(name) return env[name] end, platform), expected, 'case ' .. number)
    end
end)

print(('%d passed, %d failed'):format(passed, failed))
os.exit(failed == 0 and 0 or 1)
