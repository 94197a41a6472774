-- Looks whether anything is due or running in one partition, and when something falls due next.
-- KEYS: per job: agenda, running.
-- ARGV: 1 now, in ms; then per job: 1 when it is paused, so that nobody waits for what is due.
-- Returns {1 when something is due or running and 0 otherwise, the earliest due in ms or ''}.
local busy, next_due = 0, nil
for job = 1, #KEYS, 2 do
  local head = ARGV[(job + 3) / 2] ~= '1' and redis.call('ZRANGE', KEYS[job], 0, 0, 'WITHSCORES')[2]
  local due = head and tonumber(head)
  if due and (not next_due or due < next_due) then next_due = due end
  if redis.call('ZCARD', KEYS[job + 1]) > 0 then busy = 1 end
end
if next_due and next_due <= tonumber(ARGV[1]) then busy = 1 end
return {busy, next_due and string.format('%.0f', next_due) or ''}
