/** Lua: the hashes that name the records of an account's passkeys. */
export const PASSKEY_RECORDS = `
local function passkeyRecords(passkeysKey)
  local records = {}
  for _, entry in ipairs(redis.call('HVALS', passkeysKey)) do
    local isJson, passkey = pcall(cjson.decode, entry)
    if isJson and type(passkey) == 'table' and type(passkey.record) == 'string' then
      records[#records + 1] = passkey.record
    end
  end
  return records
end
`
