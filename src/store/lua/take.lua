-- Takes what is due in one partition under leases: entries whose lease ran out, then entries due.
-- KEYS: 1 waiting, then per job: agenda, running, attempts.
--       The claims of the entries, whose ids are what comes before a colon, are read under the
--       prefix in ARGV; they share the tag.
-- ARGV: 1 now and 2 the skew allowed, in ms (skew empty: virtual clock), 3 now and 4 lease end on
--       the clock of leases, 5 token of this take, 6 prefix of claims,
--       then per job: the most entries to take (500 at most).
-- Returns {'taken', next due or '', next lease end or '', then per job a list of
--       {entry, record, due, snapshot, chain}}, or {'skew', Redis's time in ms}.
-- The record `attempts:deliveries:token` fences the lease: who holds another one has lost it.
if ARGV[2] ~= '' then
  local t = redis.call('TIME')
  local server_ms = t[1] * 1000 + math.floor(t[2] / 1000)
  if math.abs(server_ms - tonumber(ARGV[1])) > tonumber(ARGV[2]) then
    return {'skew', server_ms}
  end
end
local reply, next_due, next_end = {'taken', '', ''}, nil, nil

local function lease(running, attempts, entry, due)
  local record = redis.call('HGET', attempts, entry) or '0:0:'
  local failed, delivered = string.match(record, '^(%d+):(%d+):')
  record = (failed or 0) .. ':' .. ((delivered or 0) + 1) .. ':' .. ARGV[5]
  redis.call('ZADD', running, ARGV[4], entry)
  redis.call('HSET', attempts, entry, record)
  local claim = ARGV[6] .. string.match(entry, '^[^:]*')
  local found = redis.pcall('HMGET', claim, 'snapshot', 'chain')
  return {entry, record, due, found[1] or '', found[2] or ''}
end

-- Nearly always nobody works here just now: one question instead of one for every job.
local all_running = {}
for job = 1, #ARGV - 6 do all_running[job] = KEYS[job * 3] end
local is_worked = redis.call('EXISTS', unpack(all_running)) > 0

for job = 1, #ARGV - 6 do
  local agenda, running, attempts = KEYS[job * 3 - 1], KEYS[job * 3], KEYS[job * 3 + 1]
  local limit, taken = math.min(tonumber(ARGV[job + 6]), 500), {}
  local oldest_end = is_worked and redis.call('ZRANGE', running, 0, 0, 'WITHSCORES')[2]
  if oldest_end and tonumber(oldest_end) <= tonumber(ARGV[3]) then
    local lost = redis.call('ZRANGEBYSCORE', running, '-inf', ARGV[3], 'LIMIT', 0, limit)
    for _, entry in ipairs(lost) do taken[#taken + 1] = lease(running, attempts, entry, '') end
  end
  local head = redis.call('ZRANGE', agenda, 0, 0, 'WITHSCORES')[2]
  if head and tonumber(head) <= tonumber(ARGV[1]) then
    local due = redis.call('ZRANGEBYSCORE', agenda, '-inf', ARGV[1], 'WITHSCORES',
      'LIMIT', 0, limit - #taken)
    for i = 1, #due, 2 do
      taken[#taken + 1] = lease(running, attempts, due[i], due[i + 1])
      redis.call('ZREM', agenda, due[i])
    end
    head = redis.call('ZRANGE', agenda, 0, 0, 'WITHSCORES')[2]
  end
  if head and (not next_due or tonumber(head) < next_due) then next_due = tonumber(head) end
  local first_end = #taken > 0 and redis.call('ZRANGE', running, 0, 0, 'WITHSCORES')[2]
    or oldest_end
  if first_end and (not next_end or tonumber(first_end) < next_end) then
    next_end = tonumber(first_end)
  end
  reply[#reply + 1] = taken
end
redis.call('SET', KEYS[1], '1')
reply[2], reply[3] = next_due or '', next_end or ''
return reply
