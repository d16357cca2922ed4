-- Runs a script as Argo CD does (its util/lua/lua.go): the object is the global `obj`, and of Lua's libraries there are only the base
-- functions, `table`, and a `require` that finds an `os` with nothing but the time. No string, no math, no io, no methods of strings.
--
--   lua5.1 run.lua SCRIPT < OBJECT      both as text, the object as a Lua table; prints as JSON what the script returns
local script, object = ..., io.read("*a")
local base = {"assert", "error", "ipairs", "next", "pairs", "pcall", "select", "tonumber", "tostring", "type", "unpack"}
local world = {table = table, obj = assert(loadstring("return " .. object))()}
for _, name in ipairs(base) do world[name] = _G[name] end

function world.require(name)
  assert(name == "os", "module " .. tostring(name) .. " not found")
  return {date = os.date, time = os.time}
end

local function json(value)
  if type(value) == "string" then
    return '"' .. string.gsub(value, '[%c"\\]', function(c) return string.format("\\u%04x", string.byte(c)) end) .. '"'
  end
  if type(value) ~= "table" then return tostring(value) end

  local parts = {}
  if next(value) == nil or value[1] ~= nil then -- Lua does not tell {} from []; Argo CD takes it for []
    for _, item in ipairs(value) do table.insert(parts, json(item)) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do table.insert(parts, json(key) .. ":" .. json(item)) end
  return "{" .. table.concat(parts, ",") .. "}"
end

getmetatable("").__index = nil
print(json(setfenv(assert(loadstring(script, "=script")), world)()))
