"""Where a parcel goes: Chinese addresses taken apart, phones, places as couriers and warehouses name them."""
