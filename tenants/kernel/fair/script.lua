-- Queues fair between companies. One script, so that each move is whole or not at all; ARGV[1] says which.
--
-- Each list that workers take from (one for each priority) has a ring of the companies that wait for it, and each of
-- those a lane of its own. From the ring companies come in turns: one message, then to the end of the ring. The list
-- itself is kept nearly empty, so that whoever comes last waits for few.
--
-- fair:lists             set of the lists there are
-- fair:ring:<list>       companies that have messages waiting, next one first
-- fair:lane:<list>|<c>   messages of a company, "<ms> <tag> <payload>", next one last
-- fair:flight:<list>|<c> tags of its messages that are in the list or with a worker, by when that was last heard of
-- fair:flight:<list>     the same of all companies
-- fair:pace:<c>          up to which moment a company has used its rate
-- fair:later             messages that are not due, by moment: "<list>\n<c>\n<tag>\n<payload>"
-- fair:limits            company -> "<at once>:<a minute, 0 without limit>"
-- fair:slots             worker -> "<tasks at once>:<ms when it said so>"

local WINDOW = 4           -- messages a list may hold for workers to find
local LEASE = 30000        -- a message of which no worker was heard for so long counts no more
local SLOTS_LEASE = 30000
local PACE_BURST = 5000    -- so many ms of its rate a company may use at once
local MOST_LOOKED_AT = 200
local MOST_DUE = 500
local DEFAULT_LIMITS = '4:3000'
local BULK = '\006\0229'   -- how the name of the list of the lowest priority ends
local SEPARATOR = '\006\022'

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local function lane_of(list, company) return 'fair:lane:' .. list .. '|' .. company end
local function flight_of(list, company) return 'fair:flight:' .. list .. '|' .. company end

local function count_slots()
  local total = 0
  for _, said in ipairs(redis.call('HVALS', 'fair:slots')) do
    local slots, at = string.match(said, '^(%d+):(%d+)$')
    if slots and now - tonumber(at) < SLOTS_LEASE then total = total + tonumber(slots) end
  end
  return math.max(total, 1)
end

local function flying(key)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - LEASE)
  return redis.call('ZCARD', key)
end

-- Whether the company may have one more under way; counts it against its rate when it may.
local function may_go(list, company, slots)
  local said = redis.call('HGET', 'fair:limits', company) or DEFAULT_LIMITS
  local at_once, a_minute = string.match(said, '^(%d+):(%d+)$')
  at_once, a_minute = tonumber(at_once), tonumber(a_minute)
  -- One slot stays free for the others, but for what goes first: somebody waits for that.
  if string.find(list, SEPARATOR, 1, true) then at_once = math.min(at_once, math.max(slots - 1, 1)) end
  if flying(flight_of(list, company)) >= at_once then return false end
  if a_minute == 0 then return true end
  local used = math.max(tonumber(redis.call('GET', 'fair:pace:' .. company) or 0), now)
  if used - now > PACE_BURST then return false end
  local next = used + 60000 / a_minute
  redis.call('SET', 'fair:pace:' .. company, string.format('%.3f', next), 'PX', math.ceil(next - now) + 1000)
  return true
end

local function let_go(list, company)
  local tag, payload = string.match(redis.call('RPOP', lane_of(list, company)) or '', '^%d+ (%S+) (.*)$')
  if not tag then return 0 end
  redis.call('LPUSH', list, payload)
  for _, key in ipairs({flight_of(list, company), 'fair:flight:' .. list}) do
    redis.call('ZADD', key, now, tag)
    redis.call('PEXPIRE', key, LEASE * 2)
  end
  return 1
end

local function dispatch(list)
  local ring = 'fair:ring:' .. list
  local looks = math.min(redis.call('LLEN', ring), MOST_LOOKED_AT)
  if looks == 0 then return end
  local slots = count_slots()
  local room = WINDOW - redis.call('LLEN', list)
  if string.sub(list, -#BULK) == BULK then
    -- Long work never takes the last slot.
    room = math.min(room, math.max(slots - 1, 1) - flying('fair:flight:' .. list))
  end
  while room > 0 and looks > 0 do
    looks = looks - 1
    local company = redis.call('LPOP', ring)
    if not company then return end
    if may_go(list, company, slots) then
      room = room - let_go(list, company)
      looks = looks + 1
    end
    if redis.call('LLEN', lane_of(list, company)) > 0 then
      redis.call('RPUSH', ring, company)
    else
      looks = looks - 1
    end
  end
end

local function dispatch_all()
  for _, list in ipairs(redis.call('SMEMBERS', 'fair:lists')) do dispatch(list) end
end

local function enqueue(list, company, tag, payload)
  if company == '' then return redis.call('LPUSH', list, payload) end
  local lane = lane_of(list, company)
  redis.call('SADD', 'fair:lists', list)
  if redis.call('LPUSH', lane, now .. ' ' .. tag .. ' ' .. payload) == 1 then
    redis.call('RPUSH', 'fair:ring:' .. list, company)
  end
end

local commands = {}

-- put <list> <company or empty> <tag> <payload> <due ms or 0>
function commands.put(list, company, tag, payload, due)
  if tonumber(due) > now then
    return redis.call('ZADD', 'fair:later', due, table.concat({list, company, tag, payload}, '\n'))
  end
  enqueue(list, company, tag, payload)
  dispatch(list)
end

-- taken: a worker took a message off a list, there is room for another
commands.taken = dispatch_all

-- over <list> <company> <tag>: a message is acknowledged or refused for good
function commands.over(list, company, tag)
  redis.call('ZREM', flight_of(list, company), tag)
  redis.call('ZREM', 'fair:flight:' .. list, tag)
  dispatch_all()
end

-- tick: what is due by now
function commands.tick()
  for _, found in ipairs(redis.call('ZRANGEBYSCORE', 'fair:later', '-inf', now, 'LIMIT', 0, MOST_DUE)) do
    redis.call('ZREM', 'fair:later', found)
    enqueue(string.match(found, '^(.-)\n(.-)\n(.-)\n(.*)$'))
  end
  dispatch_all()
end

-- alive <worker> <slots> [<list> <company> <tag>]...: a worker still has these
function commands.alive(worker, slots, ...)
  local known = redis.call('HGETALL', 'fair:slots')
  for place = 1, #known, 2 do
    if now - tonumber(string.match(known[place + 1], '%d+$')) > SLOTS_LEASE then
      redis.call('HDEL', 'fair:slots', known[place])
    end
  end
  redis.call('HSET', 'fair:slots', worker, slots .. ':' .. now)
  local held = {...}
  for place = 1, #held, 3 do
    for _, key in ipairs({flight_of(held[place], held[place + 1]), 'fair:flight:' .. held[place]}) do
      redis.call('ZADD', key, 'XX', now, held[place + 2])
      redis.call('PEXPIRE', key, LEASE * 2)
    end
  end
end

-- look <most companies>: "<list> <company> <waiting> <ms the first has waited>" of each that waits
function commands.look(most)
  local found = {}
  for _, list in ipairs(redis.call('SMEMBERS', 'fair:lists')) do
    for _, company in ipairs(redis.call('LRANGE', 'fair:ring:' .. list, 0, most - 1)) do
      local lane = lane_of(list, company)
      local since = string.match(redis.call('LINDEX', lane, -1) or '', '^%d+')
      if since then
        found[#found + 1] = table.concat({list, company, redis.call('LLEN', lane), now - tonumber(since)}, ' ')
      end
    end
  end
  return found
end

-- forget <company>: nothing of it waits any more; how many did
function commands.forget(company)
  local gone = 0
  for _, list in ipairs(redis.call('SMEMBERS', 'fair:lists')) do
    gone = gone + redis.call('LLEN', lane_of(list, company))
    redis.call('DEL', lane_of(list, company), flight_of(list, company))
    redis.call('LREM', 'fair:ring:' .. list, 0, company)
  end
  for _, found in ipairs(redis.call('ZRANGE', 'fair:later', 0, -1)) do
    if string.match(found, '^.-\n(.-)\n') == company then gone = gone + redis.call('ZREM', 'fair:later', found) end
  end
  redis.call('DEL', 'fair:pace:' .. company)
  redis.call('HDEL', 'fair:limits', company)
  return gone
end

return commands[ARGV[1]](unpack(ARGV, 2))
