-- Reads the next claims by the end of their open window, also among many that end together.
-- KEYS: 1 claims by the end of their window.
-- ARGV: 1 first end and 2 last end, as ZCOUNT takes them, 3 end and 4 id of the last claim that was
--       read ('' at first), 5 the most claims to read.
-- Returns {{id, end}, ...}, fewer than the most when there are no more.
-- Claims that end together are ordered by id; their place is found by halving, 40 steps at most.
local key, first = KEYS[1], 0
if ARGV[4] == '' then
  if ARGV[1] ~= '-inf' then first = redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[1]) end
else
  first = redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[3])
  local beyond = first + redis.call('ZCOUNT', key, ARGV[3], ARGV[3])
  while first < beyond do
    local middle = math.floor((first + beyond) / 2)
    if redis.call('ZRANGE', key, middle, middle)[1] <= ARGV[4] then
      first = middle + 1
    else
      beyond = middle
    end
  end
end
local last = redis.call('ZCOUNT', key, '-inf', ARGV[2]) - 1
last = math.min(last, first + tonumber(ARGV[5]) - 1)
if last < first then return {} end
local found, reply = redis.call('ZRANGE', key, first, last, 'WITHSCORES'), {}
for i = 1, #found, 2 do
  reply[#reply + 1] = {found[i], tonumber(found[i + 1])}
end
return reply
