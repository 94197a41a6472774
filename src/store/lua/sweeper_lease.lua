-- Makes a process the one that sweeps, for as long as its lease lasts, or ends that.
-- KEYS: 1 sweeper.   ARGV: 1 the process, 2 length of the lease in ms, 0 to end it.
-- Returns 1 when the process has the lease (or had it, and it was ended), 0 when another has it.
-- The lease is on Redis's own time, so that travelling in time does not end it.
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
