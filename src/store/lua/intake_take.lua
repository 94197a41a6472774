-- Takes raw submissions from the intake list under leases: those whose lease ran out, then new
-- ones. What is too long goes straight to the dead letters, measured where it lies.
-- KEYS: 1 intake, 2 running, 3 attempts, 4 taken, 5 sequence, 6 dead, 7 dead letters.
-- ARGV: 1 now and 2 lease end on the clock of leases, 3 token of this take,
--       4 the most entries to take (500 at most), 5 longest entry in bytes,
--       6 time for dead letters, 7 dead letter for what is too long.
-- Returns {entries left in the intake, {entry, record, raw}, …}.
local limit = math.min(tonumber(ARGV[4]), 500)
local reply = {0}

local function lease(entry, raw)
  local record = redis.call('HGET', KEYS[3], entry) or '0:0:'
  local failed, delivered = string.match(record, '^(%d+):(%d+):')
  record = (failed or 0) .. ':' .. ((delivered or 0) + 1) .. ':' .. ARGV[3]
  redis.call('ZADD', KEYS[2], ARGV[2], entry)
  redis.call('HSET', KEYS[3], entry, record)
  reply[#reply + 1] = {entry, record, raw}
end

local lost = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1], 'LIMIT', 0, limit)
for _, entry in ipairs(lost) do lease(entry, redis.call('HGET', KEYS[4], entry) or '') end
for _ = #lost + 1, limit do
  local raw = redis.call('LINDEX', KEYS[1], -1)
  if not raw then break end
  local entry = tostring(redis.call('INCR', KEYS[5]))
  redis.call('HSET', KEYS[4], entry, raw)
  if #raw > tonumber(ARGV[5]) then
    redis.call('ZADD', KEYS[6], ARGV[6], entry)
    redis.call('HSET', KEYS[7], entry, ARGV[7])
  else
    lease(entry, raw)
  end
  redis.call('RPOP', KEYS[1])
end
reply[1] = redis.call('LLEN', KEYS[1])
return reply
