-- The health of an ImageTagSet, for Argo CD. docs/argocd.md says why each state is what it is.
local status = obj.status or {}
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function is_true(type)
  return conditions[type] ~= nil and conditions[type].status == "True"
end

-- Argo CD itself says so before it asks; others that run this script may not.
if obj.metadata.deletionTimestamp ~= nil then
  return {status = "Progressing", message = "Being deleted: what deletionPolicy says is done with the tags first."}
end

-- What the status says is about another declaration than this one.
if status.observedGeneration ~= obj.metadata.generation or conditions.Ready == nil then
  return {status = "Progressing", message = "Waiting for image-tag-operator to look at this generation."}
end

if is_true("Stalled") then
  return {status = "Degraded", message = conditions.Stalled.reason .. ": " .. conditions.Stalled.message}
end

if obj.spec.suspend then
  return {status = "Suspended", message = conditions.Ready.message}
end

-- mode: Observe found a difference. Somebody has to decide about it, as about anything that is suspended.
if is_true("Drifted") then
  return {status = "Suspended", message = "Drifted: " .. conditions.Drifted.message}
end

if is_true("Reconciling") then
  return {status = "Progressing", message = conditions.Reconciling.reason .. ": " .. conditions.Reconciling.message}
end

if is_true("Ready") then
  return {status = "Healthy", message = conditions.Ready.message}
end

return {status = "Degraded", message = conditions.Ready.reason .. ": " .. conditions.Ready.message}
