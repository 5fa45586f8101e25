"""The people, places, vehicles and rules of one relocation: tables read, checked, written."""
