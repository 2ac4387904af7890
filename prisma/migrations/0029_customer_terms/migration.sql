-- The id an employee has with an organisation is a hash that the keyring and auditors can make again (lib/kernel/grant), no longer the database's.
DROP FUNCTION cordon.staff_alias(text, text);
