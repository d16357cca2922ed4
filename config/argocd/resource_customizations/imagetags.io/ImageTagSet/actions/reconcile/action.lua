-- A new value has the set looked at now. This os has nothing but the time.
local os = require("os")
obj.metadata.annotations = obj.metadata.annotations or {}
obj.metadata.annotations["imagetags.io/requested-at"] = os.date("!%Y-%m-%dT%XZ")
return obj
