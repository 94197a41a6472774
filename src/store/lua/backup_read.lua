-- Reads claims of one partition whole: those that are named, and those that the feed names after
-- an id; so that what was read and how far the feed was are of one instant.
-- KEYS: 1 feed, 2 relay, then per job: agenda, running, dead, dead letters, attempts.
-- ARGV: 1 prefix of claims, 2 prefix of histories, 3 the most events of one claim, 4 id to read the
--       feed after ('' for not at all), 5 the most entries of the feed (50 at most), then ids of
--       claims (50 at most).
-- Returns {how far the feed was read, 1 when there was no more in it, relay as fields and values,
--       {id, fields and values, events, per job {due, lease end, died, letter, attempts}}, ...}.
-- A claim that is not there is left out. Nothing is written.
local function read(...)
  local found = redis.pcall(...)
  if type(found) ~= 'table' or not found.err then return found end
  if string.find(found.err, 'WRONGTYPE', 1, true) then return false end
  error(found.err)
end

local ids, seen, upto, complete = {}, {}, ARGV[4], 1
local function add(id)
  if id and not seen[id] then
    seen[id] = true
    ids[#ids + 1] = id
  end
end
for i = 6, math.min(#ARGV, 55) do add(ARGV[i]) end
if upto ~= '' then
  local limit = math.min(tonumber(ARGV[5]), 50)
  local entries = redis.call('XRANGE', KEYS[1], '(' .. upto, '+', 'COUNT', limit)
  if #entries == limit then complete = 0 end
  for _, entry in ipairs(entries) do
    upto = entry[1]
    for i = 1, #entry[2], 2 do
      if entry[2][i] == 'claim' then add(entry[2][i + 1]) end
    end
  end
end
local reply = {upto, complete, redis.call('HGETALL', KEYS[2])}
for _, id in ipairs(ids) do
  local fields = read('HGETALL', ARGV[1] .. id) or {}
  if #fields > 0 then
    local history, jobs = ARGV[2] .. id, {}
    if (read('LLEN', history) or 0) > tonumber(ARGV[3]) then
      return redis.error_reply('ERR claim ' .. id .. ' has more than ' .. ARGV[3] .. ' events')
    end
    for i = 3, #KEYS, 5 do
      jobs[#jobs + 1] = {
        read('ZSCORE', KEYS[i], id), read('ZSCORE', KEYS[i + 1], id),
        read('ZSCORE', KEYS[i + 2], id), read('HGET', KEYS[i + 3], id),
        read('HGET', KEYS[i + 4], id),
      }
    end
    reply[#reply + 1] = {id, fields, read('LRANGE', history, 0, -1) or {}, jobs}
  end
end
return reply
