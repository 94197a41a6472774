-- Reads everything there is about one claim in one step, so that it can be checked.
-- KEYS: 1 claim, 2 history, 3 grants of its tenant, then indexes by its id, then per job:
--       agenda, running, dead, attempts; then indexes by what it was submitted with, then one key
--       per claimed item.
-- ARGV: 1 entry, 2 the most events to read, 3 number of indexes by id, 4 number of jobs, 5 number
--       of indexes by submission, then the member of each, then per item the field of its grant.
-- Returns {{revision, status, submission, snapshot, chain}, events, per index by id its score, per
--       job {due, lease end, died, attempts}, per item its record, per item its grant, per index
--       by submission its score}.
-- What is not there, or is of another type, is nil. Nothing is written.
local function read(...)
  local found = redis.pcall(...)
  if type(found) ~= 'table' or not found.err then return found end
  if string.find(found.err, 'WRONGTYPE', 1, true) then return false end
  error(found.err)
end

local by_id, jobs, listed = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local reply = {
  read('HMGET', KEYS[1], 'revision', 'status', 'submission', 'snapshot', 'chain') or {},
  read('LRANGE', KEYS[2], 0, tonumber(ARGV[2]) - 1) or {}, {}, {}, {}, {}, {},
}
local key = 4
for i = 1, by_id do
  reply[3][i] = read('ZSCORE', KEYS[key], ARGV[1])
  key = key + 1
end
for i = 1, jobs do
  reply[4][i] = {
    read('ZSCORE', KEYS[key], ARGV[1]), read('ZSCORE', KEYS[key + 1], ARGV[1]),
    read('ZSCORE', KEYS[key + 2], ARGV[1]), read('HGET', KEYS[key + 3], ARGV[1]),
  }
  key = key + 4
end
for i = 1, listed do
  reply[7][i] = read('ZSCORE', KEYS[key], ARGV[5 + i])
  key = key + 1
end
for i = 1, #KEYS - key + 1 do
  reply[5][i] = read('GET', KEYS[key + i - 1])
  reply[6][i] = read('HGET', KEYS[3], ARGV[5 + listed + i])
end
return reply
