-- A stand-in for uosc: keeps the menu that it was told, and activates an item of it as uosc does.

local mp = require 'mp'
local utils = require 'mp.utils'

local menu = { items = {} }

mp.register_script_message('open-menu', function(json)
    menu = utils.parse_json(json)
    mp.commandv('change-list', 'script-opts', 'append', 'uosc-menu=' .. json)
end)

mp.register_script_message('choose', function(word)
    for _, item in ipairs(menu.items) do
        if item.title:find(word, 1, true) and item.selectable ~= false then
            mp.commandv((table.unpack or unpack)(item.value)) -- luacheck: ignore
            return
        end
    end
end)
