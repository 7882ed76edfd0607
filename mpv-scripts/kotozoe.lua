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
-- binding a socket takes one or two ms after it was asked for, up to a second when busy; mpv never tells when it failed
local FIRST_PAUSE, MAX_PAUSE, PATIENCE = 0.001, 0.05, 1.5

local ANSWER_SECONDS = 3 -- that a menu may take to come
local DAEMON_SECONDS = 3 -- that a daemon may take to come after a file is loaded
local CONSOLE_SECONDS = 0.1 -- that mpv's own console takes to tell that it closed, at most
local NO_DAEMON = 'kotozoe: daemon is not running (try `kotozoe doctor`)'
local MAX_ITEMS, MAX_TEXT, LINES = 100, 300, 12

local opts = {
    enabled = true, warn = true, start = false, program = 'kotozoe', key = 'k', menu = 'auto', font_size = 30,
}
local defaults = { enabled = true, warn = true, menu = 'auto', font_size = 30 }
local state = {
    socket = nil, made = nil, name = nil, file = nil, folder = nil, mismatch = false, client = nil, playback = nil,
    trouble = nil, warned = false,
}
local shown -- the menu that is on screen: { playback, menu, title, items }
local list -- our own way to show it: { title, items, rows, at, typed, prompt, early }
local expected = false -- whether somebody waits for a menu
local M = {}

-- Pure parts ----------------------------------------------------------------------------------------------------------

-- Return where players announce themselves, nil where there is no such place. The daemon has the same rules: without
-- XDG_RUNTIME_DIR it is the folder that systemd makes for each user (`session`, nil if there is none); of what is in
-- there, Flatpak shares app/ID with a sandbox.
function M.runtime_folder(getenv, platform, session)
    local base = getenv('XDG_RUNTIME_DIR')
    if not base or base == '' then base = session end
    if not base then
        local temp = getenv('TMPDIR') or ''
        -- mpv tells its platform since 0.36; before that, macOS is known by where its temporary folders are
        local mac = platform == 'darwin' or (not platform and temp:find('^/var/folders/'))
        base = mac and temp or ''
    end
    if base:sub(1, 1) ~= '/' then return nil end
    local app = getenv('FLATPAK_ID') or ''
    return (base:gsub('/+$', '')) .. (app ~= '' and '/app/' .. app or '') .. '/kotozoe'
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

local function text_of(value)
    return type(value) == 'string' and value:gsub('%c', ' '):sub(1, MAX_TEXT) or ''
end

-- Return a menu as the daemon tells it, nil for what is none.
function M.parse_menu(text)
    local told = type(text) == 'string' and #text < 262144 and utils.parse_json(text)
    if type(told) ~= 'table' or type(told.items) ~= 'table' or type(told.playback) ~= 'string' then return nil end
    local menu = { playback = told.playback, menu = tonumber(told.menu) or 0, title = text_of(told.title), items = {} }
    for i = 1, math.min(#told.items, MAX_ITEMS) do
        local item = told.items[i]
        if type(item) ~= 'table' then return nil end
        menu.items[i] = {
            index = i - 1, title = text_of(item.title), hint = text_of(item.hint), prompt = text_of(item.prompt),
            active = item.active == true, plain = item.plain == true, more = item.more == true,
        }
    end
    return menu
end

-- Return the items that hold all the typed words, in any case of plain letters.
function M.filter(items, typed)
    local rows = {}
    for _, item in ipairs(items) do
        local line, fits = (item.title .. ' ' .. item.hint):lower(), true
        for word in typed:lower():gmatch('%S+') do fits = fits and line:find(word, 1, true) ~= nil end
        if fits then rows[#rows + 1] = item end
    end
    return rows
end

-- Return the first line, at 1, of a window of `lines` lines that shows line `at` of `count`.
function M.window(at, count, lines)
    return math.max(1, math.min(at - math.floor(lines / 2), count - lines + 1))
end

-- Return text as ASS shows it literally.
function M.escape(text)
    return (text:gsub('\\', '\\\239\187\191'):gsub('{', '\\{'):gsub('^ ', '\\h'))
end

-- Return text without its last character, which may be several bytes long.
function M.shorten(text)
    return (text:gsub('[%z\1-\127\194-\244][\128-\191]*$', ''))
end

-- Return how many columns text takes, of which a character of East Asia takes two.
function M.columns(text)
    local count = 0
    for first in text:gmatch('([%z\1-\127\194-\244])[\128-\191]*') do
        count = count + (first >= '\227' and 2 or 1)
    end
    return count
end

-- Return text cut in its middle to at most `columns`: names differ by what they begin and end with.
function M.cut(text, columns)
    if M.columns(text) <= columns then return text end
    local letters = {}
    for letter in text:gmatch('[%z\1-\127\194-\244][\128-\191]*') do letters[#letters + 1] = letter end
    local head, tail, first, last = '', '', 1, #letters
    local left = columns - 1
    while first <= last do
        local at_end = M.columns(tail) < M.columns(head)
        local letter = at_end and letters[last] or letters[first]
        left = left - M.columns(letter)
        if left < 0 then break end
        if at_end then tail, last = letter .. tail, last - 1 else head, first = head .. letter, first + 1 end
    end
    return head .. '…' .. tail
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

-- Remember why the daemon cannot find this player, for the terminal now and for the screen once something plays.
local function fail(reason)
    state.trouble = reason
    msg.warn(reason .. '; kotozoe will not find this player')
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

-- Start the daemon where nothing else does; one that finds another running ends at once.
local function start_daemon()
    mp.command_native_async({
        name = 'subprocess', playback_only = false, detach = true, args = { opts.program, 'run' },
    }, function() end)
end

local function announce()
    if state.file or not opts.enabled or not state.socket then return end
    local path = ('%s/%s.json'):format(state.folder, state.name)
    local content = M.announcement(utils.getpid(), state.socket, mp.get_property('mpv-version', ''))
    local ok, err = write_whole(path, content)
    if ok then
        state.file = path
        if opts.start then start_daemon() end
    else
        fail('cannot announce this player: ' .. tostring(err))
    end
end

local function withdraw()
    if state.file then os.remove(state.file) end
    state.file = nil
end

-- Wait for the socket, then announce it.
local function await_socket(path, waited, pause)
    if utils.file_info(path) then
        state.socket = path
        announce()
    elseif waited < PATIENCE then
        mp.add_timeout(pause, guarded(function()
            await_socket(path, waited + pause, math.min(2 * pause, MAX_PAUSE))
        end))
    else
        fail('mpv could not open its socket')
    end
end

local function absolute(path)
    path = mp.command_native({ 'expand-path', path }) or path
    if path:sub(1, 1) == '/' then return path end
    return utils.join_path(utils.getcwd() or '/', path)
end

local function open_socket()
    state.name = M.random_name(8)
    if not state.name then
        fail('there is no /dev/urandom to name a socket by')
        return
    end
    local path = mp.get_property('input-ipc-server', '')
    if path ~= '' then
        await_socket(absolute(path), 0, FIRST_PAUSE)
        return
    end
    path = ('%s/mpv-%d-%s.sock'):format(state.folder, utils.getpid(), state.name)
    state.made = path
    mp.set_property('input-ipc-server', path)
    await_socket(path, 0, FIRST_PAUSE)
end

-- Call `ready` once there is a folder of ours that is closed to others.
local function with_folder(ready)
    local function check()
        local found = utils.file_info(state.folder)
        if found and found.is_dir and found.mode % 64 == 0 then return ready() end
        fail(state.folder .. ' must be yours alone (chmod 700)')
    end
    if utils.file_info(state.folder) then return check() end
    mp.command_native_async({
        name = 'subprocess', playback_only = false, args = { 'mkdir', '-m', '700', '--', state.folder },
    }, guarded(check))
end

-- Return the folder that systemd made for this user, nil if it made none.
local function session_folder()
    local status = io.open('/proc/self/status', 'r')
    local uid = status and (status:read('*a') or ''):match('Uid:%s*(%d+)')
    if status then status:close() end
    local path = uid and '/run/user/' .. uid
    local found = path and utils.file_info(path)
    return found and found.is_dir and found.mode % 64 == 0 and path or nil
end

local function start()
    if state.folder or not opts.enabled then return announce() end
    local reason = M.unwatched(mp.get_property)
    if reason then
        msg.verbose('silent: ' .. reason)
        return
    end
    local session = (os.getenv('XDG_RUNTIME_DIR') or '') == '' and session_folder() or nil
    state.folder = M.runtime_folder(os.getenv, mp.get_property('platform'), session)
    if not state.folder then
        fail('there is no XDG_RUNTIME_DIR')
        return
    end
    with_folder(open_socket)
end

-- Saying what the user wants ------------------------------------------------------------------------------------------

-- Send one message to the daemon, which knows by the playback whether it comes too late. Return whether it was sent.
local function tell(name, ...)
    if not state.client then
        mp.osd_message(NO_DAEMON)
    elseif not state.playback then
        mp.osd_message('kotozoe: nothing to do for this file')
    elseif mp.commandv('script-message-to', state.client, 'kotozoe-' .. name, state.playback, ...) then
        return true
    else
        state.client = nil -- it has gone
        mp.osd_message(NO_DAEMON)
    end
    return false
end

-- Menus ---------------------------------------------------------------------------------------------------------------

local close_list, open_list, await_list, choose

local function answer(item, text)
    if shown and shown.playback == state.playback then
        expected = item.more
        tell('pick', tostring(math.floor(shown.menu)), tostring(item.index), text or '')
    end
end

-- Return mpv's own console where it can do that ('get': ask for a text, 'select': show a menu) and may.
local function console_that(can)
    local found, console = pcall(require, 'mp.input')
    return opts.menu ~= 'osd' and found and console[can] and console or nil
end

local closing = 0 -- when mpv's own console has told that it closed, of which whoever opens it meanwhile hears nothing

-- Open mpv's own console; at once, or when what it showed before is closed for certain.
local function in_console(open)
    local wait = closing - mp.get_time()
    if wait > 0 then mp.add_timeout(wait, guarded(open)) else open() end
end

local function from_console(act)
    return guarded(function(...)
        closing = mp.get_time() + CONSOLE_SECONDS
        act(...)
    end)
end

-- Hand a menu to uosc; return whether it is there.
local function to_uosc(menu)
    return (opts.menu == 'auto' or opts.menu == 'uosc')
        and mp.commandv('script-message-to', 'uosc', 'open-menu', (utils.format_json(menu)))
end

-- Ask for a text, then answer with it.
local function ask(item)
    local console = console_that('get')
    if to_uosc({
        type = 'kotozoe', title = item.prompt, items = {}, search_style = 'palette', search_debounce = 'submit',
        on_search = { 'script-message-to', 'kotozoe', 'typed', tostring(shown.menu), tostring(item.index) },
    }) then return close_list() end
    if console then
        close_list()
        in_console(function()
            console.get({ prompt = item.prompt .. ' ', submit = from_console(function(text)
                console.terminate()
                answer(item, text)
            end) })
        end)
    else
        open_list({ title = item.prompt, items = {} }, item)
    end
end

-- Do what an item of the shown menu stands for.
function choose(item)
    if item.plain then return end
    if item.prompt ~= '' then ask(item) else answer(item) end
end

local function show_in_uosc(menu)
    local items = {}
    for i, item in ipairs(menu.items) do
        items[i] = {
            title = item.title, hint = item.hint, active = item.active,
            muted = item.plain, selectable = not item.plain,
            value = { 'script-message-to', 'kotozoe', 'picked', tostring(menu.menu), tostring(item.index) },
        }
    end
    return to_uosc({ type = 'kotozoe', title = menu.title, items = items, search_style = 'palette' })
end

local function show_in_console(menu)
    local console = console_that('select')
    if not console then return false end
    local lines, default = {}, nil
    for i, item in ipairs(menu.items) do
        lines[i] = item.title .. (item.hint ~= '' and '  (' .. item.hint .. ')' or '')
        default = item.active and i or default
    end
    close_list()
    in_console(function()
        if shown ~= menu then return end
        console.select({
            prompt = menu.title:gsub('%?$', '') .. ': ', items = lines, default_item = default,
            submit = from_console(function(i)
                if shown == menu and menu.items[i] then choose(menu.items[i]) end
            end),
        })
    end)
    return true
end

local function on_menu(text)
    local menu = M.parse_menu(text)
    if not menu or not expected or menu.playback ~= state.playback then return end
    shown, expected = menu, false
    if show_in_uosc(menu) or show_in_console(menu) then close_list() else open_list(menu) end
end

-- Return the item that uosc speaks of, nil if its menu is none that is shown now.
local function item_of(number, index)
    return shown and tonumber(number) == shown.menu and shown.items[(tonumber(index) or -1) + 1] or nil
end

local function on_picked(number, index)
    local item = item_of(number, index)
    if item then choose(item) end
end

local function on_typed(number, index, text)
    local item = item_of(number, index)
    if not item then return end
    mp.commandv('script-message-to', 'uosc', 'close-menu', 'kotozoe')
    answer(item, text_of(text))
end

-- Our own list: arrows, Enter, Escape; typing filters ----------------------------------------------------------------

local overlay

local HINT = 0.7 -- the size of hints, as a share of the titles'

-- Return where everything lies, in a window of 720 lines whose width follows from its shape.
local function layout()
    local size = math.max(12, math.min(80, tonumber(opts.font_size) or 30))
    local window = mp.get_property_native('osd-dimensions') or {}
    local width = (window.w or 0) > 0 and (window.h or 0) > 0 and 720 * window.w / window.h or 1280
    local step, margin = size * 1.3, math.min(40, width * 0.04)
    return {
        size = size, step = step, margin = margin, pad = size * 0.5, width = width - 2 * margin,
        lines = math.max(3, math.min(LINES, math.floor((720 - 2 * margin) / step) - 3)),
    }
end

local function box(x, y, width, height, color, alpha)
    return ('{\\an7\\pos(0,0)\\bord0\\shad0\\1c&H%s&\\1a&H%s&\\p1}m %d %d l %d %d %d %d %d %d'):format(
        color, alpha, x, y, x + width, y, x + width, y + height, x, y + height)
end

-- Return the lines of text to draw, each { text, hint, color, chosen }.
local function rows(lines)
    local all = { { list.title, '', 'FFFFFF' } }
    if list.prompt or list.typed ~= '' then all[2] = { '> ' .. list.typed .. '_', '', '66DDFF' } end
    local first = M.window(list.at, #list.rows, lines)
    for i = first, math.min(#list.rows, first + lines - 1) do
        local item = list.rows[i]
        all[#all + 1] = {
            (item.active and '• ' or '') .. item.title, item.hint, item.plain and 'BBBBBB' or 'FFFFFF', i == list.at,
        }
    end
    if not list.prompt and #list.rows == 0 then all[#all + 1] = { '(nothing)', '', 'BBBBBB' } end
    local keys = list.prompt and 'Enter, Esc' or 'Up, Down, Enter, Esc; type to filter'
    local more = #list.rows > lines and ('%d of %d; '):format(list.at, #list.rows) or ''
    all[#all + 1] = { '', more .. keys, 'BBBBBB' }
    return all
end

-- Draw a dark box, readable on any picture, and what fits into it.
local function draw()
    local at = layout()
    local all, widest, columns = rows(at.lines), 0, math.floor((at.width - 2 * at.pad) / (at.size * 0.5))
    for _, row in ipairs(all) do
        local title, hint = M.columns(row[1]), math.ceil(M.columns(row[2]) * HINT)
        local reserved = columns < 50 and 0 or math.min(hint, 10) -- the title comes first, where there is room for one
        row[1] = M.cut(row[1], columns - reserved - 2)
        local left = columns - math.min(title, columns - reserved - 2) - 2
        row[2] = (left >= hint or left >= 10) and M.cut(row[2], math.floor(left / HINT)) or ''
        widest = math.max(widest, M.columns(row[1]) + M.columns(row[2]) * HINT + 2)
    end
    local left, top, width = at.margin, at.margin, math.min(at.width, widest * at.size * 0.5 + 2 * at.pad)
    local events = { box(left, top, width, #all * at.step + 2 * at.pad, '101010', '20') }
    for i, row in ipairs(all) do
        local y = top + at.pad + (i - 1) * at.step
        if row[4] then events[#events + 1] = box(left, y, width, at.step, '704020', '00') end
        events[#events + 1] = ('{\\an4\\pos(%d,%d)\\q2\\bord0\\shad0\\clip(%d,0,%d,720)\\fs%d\\b%d\\1c&H%s&}%s'):format(
            left + at.pad, y + at.step / 2, left, left + width, at.size, i == 1 and 1 or 0, row[3], M.escape(row[1]))
            .. ('{\\b0\\fs%d\\1c&HBBBBBB&}%s%s'):format(
                math.floor(at.size * HINT), row[1] ~= '' and '\\h\\h' or '', M.escape(row[2]))
    end
    overlay = overlay or mp.create_osd_overlay('ass-events')
    overlay.res_x, overlay.res_y, overlay.z, overlay.data = 0, 720, 1000, table.concat(events, '\n')
    overlay:update()
end

local function refilter()
    list.rows = list.prompt and {} or M.filter(list.items, list.typed)
    list.at = 1
    for i, item in ipairs(list.rows) do
        if item.active or (list.rows[list.at].plain and not item.plain) then list.at = i end
        if item.active then break end
    end
end

local function move(by)
    list.at = math.max(1, math.min(#list.rows, list.at + by))
end

-- The keys stay ours from one menu to the next.
local function enter()
    local item, text = list.prompt or list.rows[list.at], list.prompt and list.typed
    local asks = item and item.prompt ~= '' and not list.prompt
    if asks then return ask(item) end
    if item and item.more then await_list() else close_list() end
    if item and not item.plain then answer(item, text) end
end

local KEYS = {
    { 'UP', function() move(-1) end }, { 'DOWN', function() move(1) end },
    { 'WHEEL_UP', function() move(-1) end }, { 'WHEEL_DOWN', function() move(1) end },
    { 'PGUP', function() move(-LINES) end }, { 'PGDWN', function() move(LINES) end },
    { 'HOME', function() move(-MAX_ITEMS) end }, { 'END', function() move(MAX_ITEMS) end },
    { 'ENTER', enter }, { 'KP_ENTER', enter }, { 'ESC', function() close_list() end },
    { 'BS', function()
        list.typed = M.shorten(list.typed)
        refilter()
    end },
}

-- Do what a key stands for; keys that were quicker than the menu wait for it.
local function pressed(act)
    if not list then return end
    if list.early and act ~= close_list then
        list.early[#list.early + 1] = act
    else
        act()
        if list and not list.early then draw() end
    end
end

local function typed(event)
    if event.event == 'up' or not event.key_text then return end
    pressed(function()
        list.typed = (list.typed .. event.key_text):sub(1, MAX_TEXT)
        refilter()
    end)
end

function close_list()
    if not list then return end
    expected = expected and not list.early -- who closes what is to come, waits no more
    list = nil
    for _, key in ipairs(KEYS) do mp.remove_key_binding('kotozoe-' .. key[1]) end
    mp.remove_key_binding('kotozoe-text')
    if overlay then overlay:remove() end
end

-- Show a menu, or with `prompt` ask for a text. The keys are bound before anything is drawn: who sees it may press one.
function open_list(menu, prompt)
    local early = list and list.early
    if not list then
        mp.osd_message('', 0)
        for _, key in ipairs(KEYS) do
            local act = key[1] == 'ESC' and close_list or key[2]
            mp.add_forced_key_binding(key[1], 'kotozoe-' .. key[1], guarded(function() pressed(act) end),
                { repeatable = true })
        end
        mp.add_forced_key_binding('any_unicode', 'kotozoe-text', guarded(typed), { repeatable = true, complex = true })
    end
    list = { title = menu.title, items = menu.items, typed = '', prompt = prompt }
    refilter()
    if not menu.menu and not prompt then
        list.early = {}
        return
    end
    draw()
    for _, act in ipairs(early or {}) do pressed(act) end
end

-- Take the keys for a menu that is to come, so that none is lost to mpv; what is on screen stays until then.
function await_list()
    open_list({ title = '', items = {} })
    local waiting = list
    mp.add_timeout(ANSWER_SECONDS, guarded(function()
        if list == waiting then
            close_list()
            mp.osd_message('kotozoe: daemon does not answer (try `kotozoe doctor`)')
        end
    end))
end

local function ask_menu(name)
    expected = tell(name)
    if not expected then return end
    if not console_that('select') then await_list() end
end

-- mpv's context menu (0.41 and newer): an entry after the one for subtitles, where there is such a menu --------------

local ENTRY = { title = 'Japanese subtitle …', cmd = 'script-binding kotozoe/open-menu' }

-- Return the menu with our entry, nil where there is no menu, or the entry is there: mpv writes it anew at each change.
function M.with_entry(items)
    if type(items) ~= 'table' or #items == 0 then return nil end
    local made, place = {}, #items
    for i, item in ipairs(items) do
        if type(item) ~= 'table' or item.cmd == ENTRY.cmd then return nil end
        made[i] = item
        if type(item.title) == 'string' and item.title:gsub('&', ''):find('^Subtitle') then place = i end
    end
    table.insert(made, place + 1, ENTRY)
    return made
end

local function on_context_menu(_, items)
    local made = opts.enabled and M.with_entry(items)
    if made then mp.set_property_native('menu-data', made) end
end

-- The API key -----------------------------------------------------------------------------------------------------
-- It is typed into a terminal, never into mpv: what is typed here stands on screen, in the console's history, and with
-- --log-file in a log, and a key is pasted rather than typed.

-- Terminals, and what stands before the command that they are to run.
local TERMINALS = {
    { 'xdg-terminal-exec' }, { 'x-terminal-emulator', '-e' }, { 'gnome-terminal', '--' }, { 'kgx', '--' },
    { 'konsole', '-e' }, { 'xfce4-terminal', '-x' }, { 'foot' }, { 'kitty' }, { 'alacritty', '-e' },
    { 'wezterm', 'start', '--' }, { 'ghostty', '-e' }, { 'xterm', '-e' },
}
local AND_WAIT = '"$@"; printf "\\nPress Enter to close this window. "; read -r _'

-- Return the words that run `command` in the first terminal that `has` finds, nil if there is none.
function M.in_terminal(command, has)
    for _, terminal in ipairs(TERMINALS) do
        if has(terminal[1]) then
            local words = {}
            for _, word in ipairs(terminal) do words[#words + 1] = word end
            for _, word in ipairs({ 'sh', '-c', AND_WAIT, 'sh' }) do words[#words + 1] = word end
            for _, word in ipairs(command) do words[#words + 1] = word end
            return words
        end
    end
    return nil
end

local function on_path(name)
    for folder in (os.getenv('PATH') or ''):gmatch('[^:]+') do
        if utils.file_info(folder .. '/' .. name) then return true end
    end
    return false
end

local function on_login(text)
    local message = type(text) == 'string' and #text < 4096 and utils.parse_json(text)
    local command = type(message) == 'table' and message.command
    if type(command) ~= 'table' or #command == 0 then return end
    for _, word in ipairs(command) do if type(word) ~= 'string' then return end end
    local words = not os.getenv('FLATPAK_ID') and M.in_terminal(command, on_path)
    if not words then
        mp.osd_message('kotozoe: run `kotozoe login` in a terminal', 5)
        return
    end
    mp.set_property('fullscreen', 'no')
    mp.command_native_async({ name = 'subprocess', playback_only = false, detach = true, args = words }, function() end)
end

-- Beginning and end ---------------------------------------------------------------------------------------------------

local function hello(text)
    local client, protocol = M.parse_hello(text)
    if not client then return end
    state.client = client
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

local function apply()
    if opts.enabled then start() else withdraw() end
end

-- Read script-opts/kotozoe.conf again: what was edited since counts from the next file on.
local function reread()
    local before = opts.enabled
    for key, value in pairs(defaults) do opts[key] = value end
    options.read_options(opts, 'kotozoe')
    if opts.enabled ~= before then apply() end
end

-- Say once that nobody will bring subtitles: the daemon says everything else, and this it cannot.
local function on_file_loaded()
    if state.warned or state.client or not opts.enabled or not opts.warn or not mp.get_property('video-format')
        or M.unwatched(mp.get_property) then return end
    state.warned = true
    mp.add_timeout(opts.start and 3 * DAEMON_SECONDS or DAEMON_SECONDS, guarded(function()
        if not state.client then mp.osd_message(state.trouble and 'kotozoe: ' .. state.trouble or NO_DAEMON, 5) end
    end))
end

local function on_end_file()
    state.playback, shown, expected = nil, nil, false
    close_list()
end

local function on_playback(text)
    local told = type(text) == 'string' and #text < 4096 and utils.parse_json(text)
    if type(told) == 'table' and type(told.playback) == 'string' then state.playback = told.playback end
end

options.read_options(opts, 'kotozoe', guarded(apply))
mp.register_script_message('hello', guarded(hello))
mp.register_script_message('playback', guarded(on_playback))
mp.register_script_message('login', guarded(on_login))
mp.register_script_message('menu', guarded(on_menu))
mp.register_script_message('picked', guarded(on_picked))
mp.register_script_message('typed', guarded(on_typed))
-- A weak binding: input.conf comes first. Neither mpv nor uosc, mpvacious, SubMiner and memo bind this key.
mp.add_key_binding(opts.key ~= '' and opts.key or nil, 'open-menu', guarded(function() ask_menu('open-menu') end))
mp.add_key_binding(nil, 'shift-episode', guarded(function() ask_menu('shift-episode') end))
for _, name in ipairs({ 'cycle-candidate', 'retry', 'reject', 'toggle', 'undo-retiming', 'speak-now' }) do
    mp.add_key_binding(nil, name, guarded(function() tell(name) end))
end
mp.observe_property('menu-data', 'native', guarded(on_context_menu))
mp.observe_property('osd-dimensions', 'native', guarded(function() if list and not list.early then draw() end end))
mp.register_event('start-file', guarded(reread))
mp.register_event('file-loaded', guarded(on_file_loaded))
mp.register_event('end-file', guarded(on_end_file))
mp.register_event('shutdown', guarded(stop))
guarded(start)()

return M
