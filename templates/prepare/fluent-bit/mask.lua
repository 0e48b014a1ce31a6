-- Takes secrets out of lines. Lua's patterns know no case and no alternatives: a copy in small letters says where.
local NAMES = { "password", "passwd", "passphrase", "secret", "token", "api_key", "apikey" }

local function after(text, name)
  local from = 1
  while true do
    local small = text:lower()
    -- name, perhaps a quote, = or :, perhaps a quote, then the value
    local _, last = small:find(name .. '"?%s*[=:]%s*"?', from)
    if last == nil then return text end
    local stop = text:find('[%s&",}]', last + 1) or (#text + 1)
    text = text:sub(1, last) .. "[masked]" .. text:sub(stop)
    from = last + #"[masked]" + 1
  end
end

local function credentials(text, scheme)
  local from = 1
  while true do
    local first, last = text:lower():find(scheme .. "%s+[%w%.~%+/=_%-]+", from)
    if first == nil then return text end
    local masked = scheme .. " [masked]"
    -- "basic training" is no header: credentials are long.
    if last - first >= #scheme + 8 then text = text:sub(1, first - 1) .. masked .. text:sub(last + 1) end
    from = first + #masked
  end
end

function mask(tag, timestamp, record)
  local text = record["message"]
  if type(text) ~= "string" then return 0, timestamp, record end
  for _, name in ipairs(NAMES) do text = after(text, name) end
  record["message"] = credentials(credentials(text, "bearer"), "basic")
  -- 2: the record is changed, its time is not.
  return 2, timestamp, record
end
