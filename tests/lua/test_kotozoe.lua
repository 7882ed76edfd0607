-- Run by a plain Lua: lua5.2 tests/lua/test_kotozoe.lua

local here = arg[0]:match('^(.*)/[^/]+$') or '.'
package.path = here .. '/?.lua;' .. package.path
local stage = require 'player'

local SCRIPT = here .. '/../../mpv-scripts/kotozoe.lua'
local FOLDER = '/run/me/kotozoe'
local SOCKET = FOLDER .. '/mpv-42-abababababababab.sock'
local FILE = FOLDER .. '/abababababababab.json'

local NO_DAEMON = 'kotozoe: daemon is not running (try `kotozoe doctor`)'

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
    equal(player.said[1], 'warn: cannot announce this player: ' .. FOLDER
        .. '/.abababababababab.json.tmp: read-only; kotozoe will not find this player')
end)

test('without random names there is no socket', { files = ours(), random = false }, function(player)
    equal(#player.said, 1)
    equal(player.properties['input-ipc-server'], nil)
end)

test('without XDG_RUNTIME_DIR the folder that systemd makes serves', {
    env = {}, files = { ['/run/user/7'] = ours()[FOLDER], ['/run/user/7/kotozoe'] = ours()[FOLDER] },
}, function(player)
    equal(player.written['/run/user/7/kotozoe/abababababababab.json'] ~= nil, true)
    equal(#player.said, 0)
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
        { {}, 'linux', '/run/user/7/kotozoe', '/run/user/7' },
        { { XDG_RUNTIME_DIR = 'relative' }, 'linux', nil, '/run/user/7' },
        { { XDG_RUNTIME_DIR = '/run/1', FLATPAK_ID = 'io.mpv.Mpv' }, 'linux', '/run/1/app/io.mpv.Mpv/kotozoe' },
    }
    for number, case in ipairs(cases) do
        local env, platform, expected, session = case[1], case[2], case[3], case[4]
        local found = player.module.runtime_folder(function(name) return env[name] end, platform, session)
        equal(found, expected, 'case ' .. number)
    end
end)

-- Menus --------------------------------------------------------------------------------------------------------------

local function item(title, more)
    local made = { title = title, hint = '', prompt = '', active = false, plain = false, more = false }
    for key, value in pairs(more or {}) do made[key] = value end
    return made
end

local MAIN = { playback = 'p', menu = 7, title = 'Show', items = {
    item('why', { plain = true }), item('One.ass', { active = true }), item('Two {x}.srt'),
    item('Wrong show', { more = true }), item('Number', { prompt = 'Which?' }),
} }

-- Return a world with a daemon that knows the file, and no uosc.
local function served(more)
    local world = {
        files = ours(), clients = { uosc = false },
        json = { hi = { client = 'ipc_3', protocol = 1 }, now = { playback = 'p' }, main = MAIN },
    }
    for key, value in pairs(more or {}) do world[key] = value end
    return world
end

local function serve(player)
    player.messages.hello('hi')
    player.messages.playback('now')
    player.sent = {}
end

local function last(player) return player.sent[#player.sent] end

test('a key asks the daemon, stamped with the playback', served(), function(player)
    serve(player)
    player.keys['cycle-candidate']()
    equal(last(player), 'script-message-to ipc_3 kotozoe-cycle-candidate p')
end)

test('the menu has a key of its own, or another, or none', served(), function(player)
    equal(player.keys.k, player.keys['open-menu'])
    for key, bound in pairs({ M = 'M', [''] = nil }) do
        local other = stage.start(SCRIPT, served({ options = { key = key } }))
        equal(other.keys.k, nil)
        equal(other.keys[bound or 'none'] ~= nil, bound ~= nil)
        other.quit()
    end
end)

test('without a daemon, or a file, a key says so', served(), function(player)
    player.keys.retry()
    player.messages.hello('hi')
    player.keys.retry()
    equal(#player.osd, 2)
    equal(#player.sent, 1)
end)

test('a daemon that has gone is told', served({ clients = { uosc = false, ipc_3 = false } }), function(player)
    serve(player)
    player.keys['open-menu']()
    equal(player.osd[1], NO_DAEMON)
    equal(player.keys.ENTER, nil)
end)

local WATCHED = { ['video-format'] = 'h264' }

test('without a daemon the first video says so, once and after a while', {
    files = ours(), properties = WATCHED,
}, function(player)
    player.events['file-loaded']()
    equal(#player.osd, 0)
    player.tick()
    equal(player.osd[1], NO_DAEMON)
    player.events['file-loaded']()
    equal(player.tick(), 0)
end)

test('why the player is not found is on screen', { env = {}, properties = WATCHED }, function(player)
    player.events['file-loaded']()
    player.tick()
    equal(player.osd[1], 'kotozoe: there is no XDG_RUNTIME_DIR')
end)

for name, world in pairs({
    ['a daemon'] = { properties = WATCHED, hello = true }, music = {},
    ['the option'] = { properties = WATCHED, options = { warn = false } },
}) do
    test('with ' .. name .. ' there is no line about the daemon', served(world), function(player)
        if world.hello then player.messages.hello('hi') end
        player.events['file-loaded']()
        player.tick()
        equal(#player.osd, 0)
    end)
end

test('a menu is shown, and what is picked is told by number', served(), function(player)
    serve(player)
    player.keys['open-menu']()
    player.messages.menu('main')
    equal(player.overlay.shown, true)
    equal(player.overlay.data:find('Two \\{x}.srt', 1, true) ~= nil, true, player.overlay.data)
    player.press('DOWN', 'ENTER')
    equal(last(player), 'script-message-to ipc_3 kotozoe-pick p 7 2 ')
    equal(player.overlay.shown, false)
    equal(player.keys.ENTER, nil)
end)

test('it begins at what is active; typing filters, in any case', served(), function(player)
    serve(player)
    player.keys['open-menu']()
    player.messages.menu('main')
    player.press('ENTER')
    equal(last(player), 'script-message-to ipc_3 kotozoe-pick p 7 1 ')
    player.keys['open-menu']()
    player.messages.menu('main')
    player.press('W', 'x', 'BS', 'r', 'ENTER')
    equal(last(player), 'script-message-to ipc_3 kotozoe-pick p 7 3 ')
end)

test('keys that are quicker than the menu wait for it', served(), function(player)
    serve(player)
    player.keys['open-menu']()
    player.press('t', 'w', 'o', 'ENTER')
    equal(#player.sent, 1)
    player.messages.menu('main')
    equal(last(player), 'script-message-to ipc_3 kotozoe-pick p 7 2 ')
end)

test('the keys stay ours until the menu behind a menu has come', served(), function(player)
    serve(player)
    player.keys['open-menu']()
    player.messages.menu('main')
    player.press('w', 'r', 'ENTER')
    equal(player.keys.ENTER ~= nil, true)
    player.tick()
    equal(player.keys.ENTER, nil)
    equal(player.osd[1], 'kotozoe: daemon does not answer (try `kotozoe doctor`)')
end)

test('a text is asked for and told', served(), function(player)
    serve(player)
    player.keys['open-menu']()
    player.messages.menu('main')
    player.press('n', 'u', 'm', 'ENTER', '1', '2', 'ENTER')
    equal(last(player), 'script-message-to ipc_3 kotozoe-pick p 7 4 12')
end)

test('a menu that nobody waits for, or of another playback, is not shown', served({
    json = {
        hi = { client = 'ipc_3', protocol = 1 }, now = { playback = 'p' }, main = MAIN,
        late = { playback = 'before', menu = 1, title = '', items = {} },
    },
}), function(player)
    serve(player)
    player.messages.menu('main')
    player.keys['open-menu']()
    player.messages.menu('late')
    player.press('ESC')
    player.messages.menu('main')
    equal(player.overlay.shown, false)
    player.keys['open-menu']()
    player.events['end-file']()
    equal(player.keys.ENTER, nil)
end)

test('what is no menu is passed over', served({
    json = {
        hi = { client = 'ipc_3', protocol = 1 }, now = { playback = 'p' },
        number = 5, list = {}, bad = { items = { 1 } }, worse = { playback = 'p', menu = 1, items = { 1 } },
    },
}), function(player)
    serve(player)
    player.keys['open-menu']()
    for _, text in ipairs({ 'number', 'list', 'bad', 'worse', 'garbage' }) do player.messages.menu(text) end
    player.messages.menu(nil)
    equal(player.overlay.shown, false)
    equal(#player.said, 0)
end)

test('uosc shows the menu where it is loaded', served({ clients = {} }), function(player)
    serve(player)
    player.keys['open-menu']()
    player.messages.menu('main')
    equal(last(player):match('^script%-message%-to uosc open%-menu') ~= nil, true)
    equal(player.keys.ENTER, nil)
    player.messages.picked('6', '2')
    player.messages.picked('7', '2')
    equal(last(player), 'script-message-to ipc_3 kotozoe-pick p 7 2 ')
    player.messages.typed('7', '4', '12')
    equal(last(player), 'script-message-to ipc_3 kotozoe-pick p 7 4 12')
end)

test('the menu is a box that holds long names, in any window', served({
    json = {
        hi = { client = 'ipc_3', protocol = 1 }, now = { playback = 'p' },
        main = { playback = 'p', menu = 1, title = ('字'):rep(100), items = { item(('x'):rep(290) .. 'end') } },
    },
}), function(player)
    serve(player)
    for _, shape in ipairs({ { w = 640, h = 360 }, { w = 300, h = 900 }, {} }) do
        player.properties['osd-dimensions'] = shape
        player.keys['open-menu']()
        player.messages.menu('main')
        equal(#player.said, 0, player.said[1])
        equal(player.overlay.data:find('xend', 1, true) ~= nil, true)
        equal(player.overlay.data:find(('x'):rep(150), 1, true), nil)
        equal(player.overlay.data:find('\\p1}m', 1, true) ~= nil, true)
        player.press('ESC')
    end
end)

test('mpv\'s own context menu gets an entry, once, and only where there is one', {}, function(player)
    local seen = player.observed['menu-data']
    for _, menu in ipairs({ {}, { 5 } }) do
        seen('menu-data', menu)
        equal(player.properties['menu-data'], nil)
    end
    seen('menu-data', { { title = '&Audio' }, { title = '&Subtitle' }, { title = '&Window' } })
    equal(player.properties['menu-data'][3].cmd, 'script-binding kotozoe/open-menu')
    equal(#player.properties['menu-data'], 4)
    equal(player.module.with_entry(player.properties['menu-data']), nil)
end)

local LOGIN = { login = { command = { '/opt/kotozoe', 'login' } }, bad = { command = { 5 } }, none = {} }

test('the key is asked for in a terminal, of those that are there', {
    env = { XDG_RUNTIME_DIR = '/run/me', PATH = '/bin:/usr/bin' }, json = LOGIN,
    files = { [FOLDER] = ours()[FOLDER], ['/usr/bin/konsole'] = {}, ['/usr/bin/xterm'] = {} },
}, function(player)
    for _, text in ipairs({ 'bad', 'none', 'garbage' }) do player.messages.login(text) end
    equal(#player.ran, 0)
    player.messages.login('login')
    equal(player.ran[1]:match('^konsole %-e sh %-c .+ sh /opt/kotozoe login$') ~= nil, true, player.ran[1])
    equal(#player.osd, 0)
end)

for name, env in pairs({ ['no terminal'] = { PATH = '/bin' }, sandbox = { PATH = '/usr/bin', FLATPAK_ID = 'x' } }) do
    test('with ' .. name .. ' the command is named', {
        env = { XDG_RUNTIME_DIR = '/run/me', PATH = env.PATH, FLATPAK_ID = env.FLATPAK_ID },
        files = { [FOLDER] = ours()[FOLDER], ['/run/me/app/x/kotozoe'] = ours()[FOLDER], ['/usr/bin/xterm'] = {} },
        json = LOGIN,
    }, function(player)
        player.messages.login('login')
        equal(#player.ran, 0)
        equal(player.osd[1], 'kotozoe: run `kotozoe login` in a terminal')
    end)
end

test('windows, words and letters', {}, function(player)
    equal(player.module.window(1, 30, 12), 1)
    equal(player.module.window(15, 30, 12), 9)
    equal(player.module.window(30, 30, 12), 19)
    equal(player.module.window(3, 5, 12), 1)
    equal(player.module.shorten('ab字'), 'ab')
    equal(player.module.shorten(''), '')
    equal(player.module.columns('ab字…'), 5)
    equal(player.module.cut('short', 5), 'short')
    equal(player.module.cut('a long name 05', 9), 'a lo…e 05')
    equal(player.module.columns(player.module.cut(('字'):rep(50), 11)) <= 11, true)
    equal(player.module.escape('{a}'), '\\{a}')
end)

print(('%d passed, %d failed'):format(passed, failed))
os.exit(failed == 0 and 0 or 1)
