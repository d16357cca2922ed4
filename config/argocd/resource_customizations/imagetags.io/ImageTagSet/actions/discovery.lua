-- Which actions an ImageTagSet offers now. One that is being deleted offers none: suspending it would leave its tags behind.
local deleted = obj.metadata.deletionTimestamp ~= nil
local suspended = obj.spec.suspend == true
return {
  reconcile = {disabled = deleted or suspended, displayName = "Reconcile now", iconClass = "fa fa-fw fa-sync"},
  suspend = {disabled = deleted or suspended, displayName = "Suspend", iconClass = "fa fa-fw fa-pause"},
  resume = {disabled = deleted or not suspended, displayName = "Resume", iconClass = "fa fa-fw fa-play"},
}
