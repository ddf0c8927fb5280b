BEGIN TRANSACTION;
CREATE TABLE account (
	account_id TEXT NOT NULL, 
	last_batch INTEGER NOT NULL, 
	last_customer INTEGER NOT NULL, 
	head TEXT NOT NULL, last_entry INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_account PRIMARY KEY (account_id)
)
 STRICT

;
INSERT INTO "account" VALUES('default',4,48,'a47cb9bb7665d5e5068e638f9a723cfb7d74672ae0ab580dcc50b8267842858d',4);
INSERT INTO "account" VALUES('another',3,80,'020f0bb7f52f0f95e397660b4e2995e58d96f2c9ec17749ca4e70de40b640615',3);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE batch (
	account_id TEXT NOT NULL, 
	batch INTEGER NOT NULL, 
	entry INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	file TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	applied INTEGER NOT NULL, 
	unchanged INTEGER NOT NULL, 
	rejected INTEGER NOT NULL, 
	undoes INTEGER, 
	lines_hash TEXT, 
	previous_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	CONSTRAINT pk_batch PRIMARY KEY (account_id, batch), 
	CONSTRAINT fk_batch_account FOREIGN KEY(account_id) REFERENCES account (account_id), 
	CONSTRAINT uq_batch_account_id_entry UNIQUE (account_id, entry), 
	CONSTRAINT ck_batch_kind CHECK (kind IN ('apply', 'undo'))
)
 STRICT

;
INSERT INTO "batch" VALUES('default',1,1,'apply','2026-11-26T04:58:16Z','importer','onboarding.xlsx','45e9a7e5f5ca982c391d36a8e8328555dd510f9a2a0a6a4640c2fec570af8b67',88,5,0,NULL,'01c212716691968f1f9f00055739fd4b8af420eba1efe3f0d08ced78c67bffe2','','1dc8cdd132c809b241ffca7ca110ed414e54c1db416e7cef7935ebb65e506a27');
INSERT INTO "batch" VALUES('default',2,2,'apply','2026-11-26T04:58:19Z','importer','changes.xlsx','8ce4cf8fc8397eac7ef20e89ad1026438ea2cb29edf0b774b9e3955566ea2107',19,0,0,NULL,'79679528a0736912dee19e7f95b897482c8a03d8c321f60d50610a98e9cd5b37','1dc8cdd132c809b241ffca7ca110ed414e54c1db416e7cef7935ebb65e506a27','f663a0cedc2a0ce007f41df1c400039b3a2ef914dd8b3b99aa0190c8f6854c9c');
INSERT INTO "batch" VALUES('default',3,3,'apply','2026-11-26T04:58:21Z','importer','problems.xlsx','8183b94a7bb532c2ff004982dda125577d77abb45106de9a4df68be2d271be40',24,1,40,NULL,'4b9a4609858ce33bef488cb1ef26219e3b160b47fa57db6574808869378736d5','f663a0cedc2a0ce007f41df1c400039b3a2ef914dd8b3b99aa0190c8f6854c9c','3027f41f3894f3aec709738af9bd85eb728ced1e413e45d029c9a7ff2d12f19f');
INSERT INTO "batch" VALUES('default',4,4,'undo','2026-11-26T04:58:24Z','importer','problems.xlsx','8183b94a7bb532c2ff004982dda125577d77abb45106de9a4df68be2d271be40',19,5,0,3,'fd125147957030449c1b031d26e43949008013a88c9e27bca388fc46d27521f7','3027f41f3894f3aec709738af9bd85eb728ced1e413e45d029c9a7ff2d12f19f','a47cb9bb7665d5e5068e638f9a723cfb7d74672ae0ab580dcc50b8267842858d');
INSERT INTO "batch" VALUES('another',1,1,'apply','2026-11-26T04:58:26Z','importer','onboarding.xlsx','45e9a7e5f5ca982c391d36a8e8328555dd510f9a2a0a6a4640c2fec570af8b67',88,5,0,NULL,'2634656ce53989528adc19069fb603db5a0e96664a80fbbc18ce2e01733d4a4e','','eb4f5078147361009214ee9595b7915b381e9028142186639e11df4d9e20675f');
INSERT INTO "batch" VALUES('another',2,2,'undo','2026-11-26T04:58:29Z','importer','onboarding.xlsx','45e9a7e5f5ca982c391d36a8e8328555dd510f9a2a0a6a4640c2fec570af8b67',68,20,0,1,'88ab721d6dece50ff5bc335bc5bb5cb324103af5b09726b3872e9b9195060dab','eb4f5078147361009214ee9595b7915b381e9028142186639e11df4d9e20675f','0e3ad72b85e012a037664b6fa6761b320f28fc4b481280c8d127ee39469ac65f');
INSERT INTO "batch" VALUES('another',3,3,'apply','2026-11-26T04:58:31Z','importer','onboarding.xlsx','45e9a7e5f5ca982c391d36a8e8328555dd510f9a2a0a6a4640c2fec570af8b67',88,5,0,NULL,'a7eb72a2b695748f46d5870d02f2144313daa5c888bd87812fd57aa89ba6e51d','0e3ad72b85e012a037664b6fa6761b320f28fc4b481280c8d127ee39469ac65f','020f0bb7f52f0f95e397660b4e2995e58d96f2c9ec17749ca4e70de40b640615');
CREATE TABLE customer (
	account_id TEXT NOT NULL, 
	customer_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	name_key TEXT NOT NULL, 
	accentless_key TEXT NOT NULL, 
	managed_by TEXT NOT NULL, 
	status TEXT NOT NULL, 
	email TEXT, 
	email_key TEXT, 
	first_name TEXT, 
	last_name TEXT, 
	disabled_reason TEXT, 
	CONSTRAINT pk_customer PRIMARY KEY (account_id, customer_id), 
	CONSTRAINT fk_customer_account FOREIGN KEY(account_id) REFERENCES account (account_id), 
	CONSTRAINT uq_customer_account_id_name_key UNIQUE (account_id, name_key), 
	CONSTRAINT ck_customer_managed_by CHECK (managed_by IN ('admin', 'customer')), 
	CONSTRAINT ck_customer_status CHECK (status IN ('active', 'disabled'))
)
 STRICT

;
INSERT INTO "customer" VALUES('default',39,'Academia Brisa','academia brisa','academia brisa','customer','active','it@academia.example','it@academia.example','Admin','Academia',NULL);
INSERT INTO "customer" VALUES('default',23,'Albergue del Rio','albergue del rio','albergue del rio','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',36,'Arce Almacen','arce almacen','arce almacen','admin','disabled',NULL,NULL,NULL,NULL,'Closed for good');
INSERT INTO "customer" VALUES('default',33,'Arce Oficina Centro','arce oficina centro','arce oficina centro','admin','active','centro@arce.example','centro@arce.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',34,'Arce Oficina Norte','arce oficina norte','arce oficina norte','admin','active','norte@arce.example','norte@arce.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',35,'Arce Oficina Sur','arce oficina sur','arce oficina sur','admin','active','sur@arce.example','sur@arce.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',37,'Arce Tienda Nueva','arce tienda nueva','arce tienda nueva','admin','active','tienda@arce.example','tienda@arce.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',31,'Cafe del Mercado','cafe del mercado','cafe del mercado','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',24,'Camping Los Pinos','camping los pinos','camping los pinos','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',28,'Carniceria Roble','carniceria roble','carniceria roble','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',8,'Chapa y Pintura Rivas','chapa y pintura rivas','chapa y pintura rivas','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',1,'Clinica Norte','clinica norte','clinica norte','admin','active','it@clinicanorte.example','it@clinicanorte.example','Admin','Norte',NULL);
INSERT INTO "customer" VALUES('default',2,'Clinica Norte Dental','clinica norte dental','clinica norte dental','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',20,'Encina Biblioteca','encina biblioteca','encina biblioteca','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',17,'Encina Primaria','encina primaria','encina primaria','admin','active','aulas@encina.example','aulas@encina.example','Admin','Encina',NULL);
INSERT INTO "customer" VALUES('default',19,'Encina Secretaria','encina secretaria','encina secretaria','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',18,'Encina Secundaria','encina secundaria','encina secundaria','admin','active','aulas@encina.example','aulas@encina.example','Admin','Encina',NULL);
INSERT INTO "customer" VALUES('default',15,'Farmacia Bahia','farmacia bahia','farmacia bahia','admin','active','bahia@farmacias.example','bahia@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',13,'Farmacia de la Lonja','farmacia de la lonja','farmacia de la lonja','admin','active','lonja@farmacias.example','lonja@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',12,'Farmacia del Faro','farmacia del faro','farmacia del faro','admin','active','faro@farmacias.example','faro@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',14,'Farmacia del Muelle','farmacia del muelle','farmacia del muelle','admin','active','muelle@farmacias.example','muelle@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',11,'Farmacia del Puerto','farmacia del puerto','farmacia del puerto','admin','active','puerto@farmacias.example','puerto@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',32,'Ferreteria Tornillo','ferreteria tornillo','ferreteria tornillo','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',3,'Fisio Norte','fisio norte','fisio norte','admin','active','fisio@norte.example','fisio@norte.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',29,'Floristeria Jara','floristeria jara','floristeria jara','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',25,'Fruteria Verde','fruteria verde','fruteria verde','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',40,'Gestoria Lago Azul','gestoria lago azul','gestoria lago azul','customer','active','it@lagoazul.example','it@lagoazul.example','Admin','Lago',NULL);
INSERT INTO "customer" VALUES('default',10,'Grua Rivas','grua rivas','grua rivas','admin','disabled',NULL,NULL,NULL,NULL,'Truck sold');
INSERT INTO "customer" VALUES('default',21,'Hostal La Loma','hostal la loma','hostal la loma','admin','active','recepcion@laloma.example','recepcion@laloma.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',22,'Hotel Mirador del Valle','hotel mirador del valle','hotel mirador del valle','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',5,'Laboratorio Norte','laboratorio norte','laboratorio norte','admin','active','lab@norte.example','lab@norte.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',38,'Notaria Puente Viejo','notaria puente viejo','notaria puente viejo','customer','active','it@notaria.example','it@notaria.example','Admin','Notaria',NULL);
INSERT INTO "customer" VALUES('default',4,'Optica Norte','optica norte','optica norte','admin','active','tienda@opticanorte.example','tienda@opticanorte.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',26,'Panadería Alba','panadería alba','panaderia alba','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',16,'Parafarmacia La Ola','parafarmacia la ola','parafarmacia la ola','admin','disabled',NULL,NULL,NULL,NULL,'Being rebuilt');
INSERT INTO "customer" VALUES('default',27,'Pescaderia Marea','pescaderia marea','pescaderia marea','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',30,'Queseria Monte','queseria monte','queseria monte','admin','disabled',NULL,NULL,NULL,NULL,'Moving to another stall');
INSERT INTO "customer" VALUES('default',9,'Recambios Rivas','recambios rivas','recambios rivas','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',6,'Taller Rivas','taller rivas','taller rivas','admin','active','taller@rivas.example','taller@rivas.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('default',7,'Taller Rivas Motos','taller rivas motos','taller rivas motos','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',79,'Academia Brisa','academia brisa','academia brisa','customer','active','it@academia.example','it@academia.example','Admin','Academia',NULL);
INSERT INTO "customer" VALUES('another',63,'Albergue del Rio','albergue del rio','albergue del rio','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',76,'Arce Almacen','arce almacen','arce almacen','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',73,'Arce Oficina Centro','arce oficina centro','arce oficina centro','admin','active','centro@arce.example','centro@arce.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',74,'Arce Oficina Norte','arce oficina norte','arce oficina norte','admin','active','norte@arce.example','norte@arce.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',75,'Arce Oficina Sur','arce oficina sur','arce oficina sur','admin','active','sur@arce.example','sur@arce.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',77,'Arce Tienda','arce tienda','arce tienda','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',71,'Cafe del Mercado','cafe del mercado','cafe del mercado','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',64,'Camping Los Pinos','camping los pinos','camping los pinos','admin','disabled',NULL,NULL,NULL,NULL,'Closed in winter, opens again in April');
INSERT INTO "customer" VALUES('another',68,'Carniceria Roble','carniceria roble','carniceria roble','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',48,'Chapa y Pintura Rivas','chapa y pintura rivas','chapa y pintura rivas','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',41,'Clinica Norte','clinica norte','clinica norte','admin','active','it@clinicanorte.example','it@clinicanorte.example','Admin','Norte',NULL);
INSERT INTO "customer" VALUES('another',42,'Clinica Norte Dental','clinica norte dental','clinica norte dental','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',60,'Encina Biblioteca','encina biblioteca','encina biblioteca','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',57,'Encina Primaria','encina primaria','encina primaria','admin','active','aulas@encina.example','aulas@encina.example','Admin','Encina',NULL);
INSERT INTO "customer" VALUES('another',59,'Encina Secretaria','encina secretaria','encina secretaria','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',58,'Encina Secundaria','encina secundaria','encina secundaria','admin','active','aulas@encina.example','aulas@encina.example','Admin','Encina',NULL);
INSERT INTO "customer" VALUES('another',55,'Farmacia Bahia','farmacia bahia','farmacia bahia','admin','active','bahia@farmacias.example','bahia@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',53,'Farmacia de la Lonja','farmacia de la lonja','farmacia de la lonja','admin','active','lonja@farmacias.example','lonja@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',52,'Farmacia del Faro','farmacia del faro','farmacia del faro','admin','active','faro@farmacias.example','faro@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',54,'Farmacia del Muelle','farmacia del muelle','farmacia del muelle','admin','active','muelle@farmacias.example','muelle@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',51,'Farmacia del Puerto','farmacia del puerto','farmacia del puerto','admin','active','puerto@farmacias.example','puerto@farmacias.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',72,'Ferreteria Tornillo','ferreteria tornillo','ferreteria tornillo','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',43,'Fisio Norte','fisio norte','fisio norte','admin','active','fisio@norte.example','fisio@norte.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',69,'Floristeria Jara','floristeria jara','floristeria jara','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',65,'Fruteria Verde','fruteria verde','fruteria verde','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',80,'Gestoria Lago Azul','gestoria lago azul','gestoria lago azul','customer','active','it@lagoazul.example','it@lagoazul.example','Admin','Lago',NULL);
INSERT INTO "customer" VALUES('another',50,'Grua Rivas','grua rivas','grua rivas','admin','disabled',NULL,NULL,NULL,NULL,'Truck in repair');
INSERT INTO "customer" VALUES('another',61,'Hostal La Loma','hostal la loma','hostal la loma','admin','active','recepcion@laloma.example','recepcion@laloma.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',62,'Hotel Mirador del Valle','hotel mirador del valle','hotel mirador del valle','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',45,'Laboratorio Norte','laboratorio norte','laboratorio norte','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',78,'Notaria Puente Viejo','notaria puente viejo','notaria puente viejo','customer','active','it@notaria.example','it@notaria.example','Admin','Notaria',NULL);
INSERT INTO "customer" VALUES('another',44,'Optica Norte','optica norte','optica norte','admin','active','tienda@opticanorte.example','tienda@opticanorte.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',66,'Panadería Alba','panadería alba','panaderia alba','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',56,'Parafarmacia La Ola','parafarmacia la ola','parafarmacia la ola','admin','disabled',NULL,NULL,NULL,NULL,'Being rebuilt');
INSERT INTO "customer" VALUES('another',67,'Pescaderia Marea','pescaderia marea','pescaderia marea','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',70,'Queseria Monte','queseria monte','queseria monte','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',49,'Recambios Rivas','recambios rivas','recambios rivas','admin','active',NULL,NULL,NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',46,'Taller Rivas','taller rivas','taller rivas','admin','active','taller@rivas.example','taller@rivas.example',NULL,NULL,NULL);
INSERT INTO "customer" VALUES('another',47,'Taller Rivas Motos','taller rivas motos','taller rivas motos','admin','active',NULL,NULL,NULL,NULL,NULL);
CREATE TABLE device (
	account_id TEXT NOT NULL, 
	customer_id INTEGER NOT NULL, 
	device_key TEXT NOT NULL, 
	device_id TEXT NOT NULL, 
	operating_system TEXT, 
	model TEXT, 
	avira_installed TEXT, 
	avira_uninstalled TEXT, 
	nh_installed TEXT, 
	nh_uninstalled TEXT, 
	avira_status TEXT, 
	product_name TEXT, 
	CONSTRAINT pk_device PRIMARY KEY (account_id, customer_id, device_key), 
	CONSTRAINT fk_device_customer FOREIGN KEY(account_id, customer_id) REFERENCES customer (account_id, customer_id)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "device" VALUES('another',41,'cn-consulta-1','CN-CONSULTA-1','Windows 11 Pro','OptiPlex 7010','2026-09-03',NULL,'2026-09-03',NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('another',41,'cn-consulta-2','CN-CONSULTA-2','Windows 10 Pro','ProDesk 400','2026-09-04','2026-10-30','2026-09-04',NULL,'Removed','Avira Antivirus Pro');
INSERT INTO "device" VALUES('another',41,'cn-recepcion','CN-RECEPCION','Windows 11 Pro','OptiPlex 7010','2026-09-03',NULL,'2026-09-03',NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('another',51,'fp-caja-1','FP-CAJA-1','Windows 11 Pro','ThinkCentre','2026-10-06',NULL,'2026-10-06',NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('another',51,'fp-caja-2','FP-CAJA-2','Windows 11 Pro','ThinkCentre','2026-10-06',NULL,'2026-10-07',NULL,'Expired','Avira Antivirus Pro');
INSERT INTO "device" VALUES('another',57,'ep-aula-01','EP-AULA-01','Windows 10 Edu','ProBook 450','2026-08-24',NULL,'2026-08-24',NULL,'Active','Avira Education');
INSERT INTO "device" VALUES('another',57,'ep-aula-02','EP-AULA-02','Windows 10 Edu','ProBook 450','2026-08-24',NULL,'2026-08-24',NULL,'Active','Avira Education');
INSERT INTO "device" VALUES('another',69,'fj-mostrador','FJ-MOSTRADOR','macOS 15','Mac mini','2026-10-21',NULL,NULL,NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('another',78,'npv-despacho','NPV-DESPACHO','Windows 11 Pro','OptiPlex 5000','2026-10-27',NULL,'2026-10-27',NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('another',79,'ab-aula-1','AB-AULA-1','Windows 11 Edu','ProBook 450',NULL,NULL,'2026-10-28',NULL,'Pending',NULL);
INSERT INTO "device" VALUES('default',1,'cn-consulta-1','CN-CONSULTA-1','Windows 11 Pro','OptiPlex 7010','2026-09-03',NULL,'2026-09-03',NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('default',1,'cn-consulta-2','CN-CONSULTA-2','Windows 10 Pro','ProDesk 400','2026-09-04','2026-10-30','2026-09-04',NULL,'Removed','Avira Antivirus Pro');
INSERT INTO "device" VALUES('default',1,'cn-recepcion','CN-RECEPCION','Windows 11 Pro','OptiPlex 7010','2026-09-03',NULL,'2026-09-03',NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('default',1,'cn-servidor','CN-SERVIDOR',NULL,NULL,'2026-11-17',NULL,NULL,NULL,'Active','Avira Server');
INSERT INTO "device" VALUES('default',11,'fp-caja-1','FP-CAJA-1','Windows 11 Pro','ThinkCentre','2026-10-06',NULL,'2026-10-06',NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('default',11,'fp-caja-2','FP-CAJA-2','Windows 11 Pro','ThinkCentre','2026-10-06',NULL,'2026-10-07',NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('default',17,'ep-aula-01','EP-AULA-01','Windows 10 Edu','ProBook 450','2026-08-24',NULL,'2026-08-24',NULL,'Active','Avira Education');
INSERT INTO "device" VALUES('default',17,'ep-aula-02','EP-AULA-02','Windows 10 Edu','ProBook 450','2026-08-24',NULL,'2026-08-24',NULL,'Active','Avira Education');
INSERT INTO "device" VALUES('default',29,'fj-mostrador','FJ-MOSTRADOR','macOS 15','Mac mini','2026-10-21',NULL,NULL,NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('default',38,'npv-despacho','NPV-DESPACHO','Windows 11 Pro','OptiPlex 5000','2026-10-27',NULL,'2026-10-27',NULL,'Active','Avira Antivirus Pro');
INSERT INTO "device" VALUES('default',39,'ab-aula-1','AB-AULA-1','Windows 11 Edu','ProBook 450','2026-11-16',NULL,'2026-10-28',NULL,'Active','Avira Education');
CREATE TABLE journal (
	account_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	sheet TEXT NOT NULL, 
	"row" INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	"before" TEXT, 
	"after" TEXT, 
	CONSTRAINT pk_journal PRIMARY KEY (account_id, entry, line), 
	CONSTRAINT fk_journal_account FOREIGN KEY(account_id) REFERENCES account (account_id), 
	CONSTRAINT ck_journal_kind CHECK (kind IN ('otc', 'customer', 'subscription', 'device')), 
	CONSTRAINT ck_journal_image CHECK (before IS NOT NULL OR after IS NOT NULL)
)
 STRICT

;
INSERT INTO "journal" VALUES('default',1,1,'Add OTC',2,'otc','9V735-L8NRD-HRSVM-4J4N6',NULL,'{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":null,"purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('default',1,2,'Add OTC',3,'otc','7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"code":"7PJUC-GW3XC-PN84M-SXGG3","email":"licences@msp.example","company":"Talleres Rivas","total":40,"description":null,"purchase_date":"2026-09-14","expiry_date":"2028-09-13","product_id":"AVPRO-24M","runtime":24}');
INSERT INTO "journal" VALUES('default',1,3,'Add OTC',4,'otc','H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"code":"H5C3U-JGR88-HBQ9J-42W7Y","email":"licences@msp.example","company":"Farmacias Puerto","total":80,"description":null,"purchase_date":"2026-10-05","expiry_date":"2029-10-04","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('default',1,4,'Add OTC',5,'otc','YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":null,"purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}');
INSERT INTO "journal" VALUES('default',1,5,'Add OTC',6,'otc','6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"code":"6Q6CW-HMHWU-DA5AC-PEPG6","email":"licences@msp.example","company":"Hostal La Loma","total":30,"description":null,"purchase_date":"2026-10-12","expiry_date":"2028-10-11","product_id":"AVPRO-24M","runtime":24}');
INSERT INTO "journal" VALUES('default',1,6,'Add OTC',7,'otc','LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',1,7,'Add OTC',8,'otc','NA354-FH2SG-TB3WF-PQS5H',NULL,'{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',1,8,'Add OTC',9,'otc','8K9EW-RX6QQ-5EPQ7-QQ6XG',NULL,'{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',1,9,'Add OTC',10,'otc','B3QUN-UNUMR-ERYLR-95L79',NULL,'{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',1,10,'Add OTC',11,'otc','AALAS-ER6S3-UN45V-RHD8W',NULL,'{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',1,11,'Add OTC',12,'otc','SXXAJ-9VPWL-JJL95-CTNUF',NULL,'{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',1,12,'Add OTC',13,'otc','4D9GE-FE3K7-YLFQ8-UDG7B',NULL,'{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',1,13,'Edit OTC',2,'otc','9V735-L8NRD-HRSVM-4J4N6','{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":null,"purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}','{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":"Clinics of the north","purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('default',1,14,'Edit OTC',3,'otc','YPS7E-DU5U9-PV8QG-U8ES7','{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":null,"purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}','{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":"Classrooms and offices","purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}');
INSERT INTO "journal" VALUES('default',1,15,'Edit OTC',4,'otc','LW9Q9-NVCEV-CBANA-XUXJ3','{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":null,"product_id":null,"runtime":null}','{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":"2029-10-18","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('default',1,16,'Edit OTC',5,'otc','4D9GE-FE3K7-YLFQ8-UDG7B','{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":null,"product_id":null,"runtime":null}','{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":"2027-06-30","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',1,17,'Edit OTC',6,'otc','NA354-FH2SG-TB3WF-PQS5H','{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}','{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":"2028-10-25","product_id":"AVPRO-24M","runtime":24}');
INSERT INTO "journal" VALUES('default',1,18,'Edit OTC',7,'otc','8K9EW-RX6QQ-5EPQ7-QQ6XG','{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}','{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":"2029-10-25","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('default',1,19,'Edit OTC',8,'otc','B3QUN-UNUMR-ERYLR-95L79','{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}','{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":"2028-10-25","product_id":"AVEDU-24M","runtime":24}');
INSERT INTO "journal" VALUES('default',1,20,'Edit OTC',9,'otc','AALAS-ER6S3-UN45V-RHD8W','{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}','{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":"2030-10-27","product_id":"AVPRO-48M","runtime":48}');
INSERT INTO "journal" VALUES('default',1,21,'Edit OTC',10,'otc','SXXAJ-9VPWL-JJL95-CTNUF','{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}','{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":"2030-10-27","product_id":"AVPRO-48M","runtime":48}');
INSERT INTO "journal" VALUES('default',1,22,'Add Customer',2,'customer','1',NULL,'{"id":1,"name":"Clinica Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,23,'Add Customer',2,'subscription','1/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":1,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":20}');
INSERT INTO "journal" VALUES('default',1,24,'Add Customer',3,'customer','2',NULL,'{"id":2,"name":"Clinica Norte Dental","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,25,'Add Customer',3,'subscription','2/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":2,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":8}');
INSERT INTO "journal" VALUES('default',1,26,'Add Customer',4,'customer','3',NULL,'{"id":3,"name":"Fisio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,27,'Add Customer',4,'subscription','3/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":3,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":6}');
INSERT INTO "journal" VALUES('default',1,28,'Add Customer',5,'customer','4',NULL,'{"id":4,"name":"Optica Norte","managed_by":"admin","status":"active","email":"tienda@opticanorte.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,29,'Add Customer',5,'subscription','4/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":4,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":10}');
INSERT INTO "journal" VALUES('default',1,30,'Add Customer',6,'customer','5',NULL,'{"id":5,"name":"Laboratorio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,31,'Add Customer',6,'subscription','5/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":5,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":12}');
INSERT INTO "journal" VALUES('default',1,32,'Add Customer',7,'customer','6',NULL,'{"id":6,"name":"Taller Rivas","managed_by":"admin","status":"active","email":"taller@rivas.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,33,'Add Customer',7,'subscription','6/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":6,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":9}');
INSERT INTO "journal" VALUES('default',1,34,'Add Customer',8,'customer','7',NULL,'{"id":7,"name":"Taller Rivas Motos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,35,'Add Customer',8,'subscription','7/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":7,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":4}');
INSERT INTO "journal" VALUES('default',1,36,'Add Customer',9,'customer','8',NULL,'{"id":8,"name":"Chapa y Pintura Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,37,'Add Customer',9,'subscription','8/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":8,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":5}');
INSERT INTO "journal" VALUES('default',1,38,'Add Customer',10,'customer','9',NULL,'{"id":9,"name":"Recambios Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,39,'Add Customer',10,'subscription','9/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":9,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":7}');
INSERT INTO "journal" VALUES('default',1,40,'Add Customer',11,'customer','10',NULL,'{"id":10,"name":"Grua Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,41,'Add Customer',11,'subscription','10/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":10,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":3}');
INSERT INTO "journal" VALUES('default',1,42,'Add Customer',12,'customer','11',NULL,'{"id":11,"name":"Farmacia del Puerto","managed_by":"admin","status":"active","email":"puerto@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,43,'Add Customer',12,'subscription','11/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":11,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":15}');
INSERT INTO "journal" VALUES('default',1,44,'Add Customer',13,'customer','12',NULL,'{"id":12,"name":"Farmacia del Faro","managed_by":"admin","status":"active","email":"faro@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,45,'Add Customer',13,'subscription','12/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":12,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":10}');
INSERT INTO "journal" VALUES('default',1,46,'Add Customer',14,'customer','13',NULL,'{"id":13,"name":"Farmacia de la Lonja","managed_by":"admin","status":"active","email":"lonja@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,47,'Add Customer',14,'subscription','13/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":13,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":8}');
INSERT INTO "journal" VALUES('default',1,48,'Add Customer',15,'customer','14',NULL,'{"id":14,"name":"Farmacia del Muelle","managed_by":"admin","status":"active","email":"muelle@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,49,'Add Customer',15,'subscription','14/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":14,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":8}');
INSERT INTO "journal" VALUES('default',1,50,'Add Customer',16,'customer','15',NULL,'{"id":15,"name":"Farmacia Bahia","managed_by":"admin","status":"active","email":"bahia@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,51,'Add Customer',16,'subscription','15/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":15,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":12}');
INSERT INTO "journal" VALUES('default',1,52,'Add Customer',17,'customer','16',NULL,'{"id":16,"name":"Parafarmacia La Ola","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,53,'Add Customer',17,'subscription','16/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":16,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":5}');
INSERT INTO "journal" VALUES('default',1,54,'Add Customer',18,'customer','17',NULL,'{"id":17,"name":"Encina Primaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,55,'Add Customer',18,'subscription','17/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":17,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":45}');
INSERT INTO "journal" VALUES('default',1,56,'Add Customer',19,'customer','18',NULL,'{"id":18,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,57,'Add Customer',19,'subscription','18/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":18,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":50}');
INSERT INTO "journal" VALUES('default',1,58,'Add Customer',20,'customer','19',NULL,'{"id":19,"name":"Encina Secretaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,59,'Add Customer',20,'subscription','19/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":19,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":12}');
INSERT INTO "journal" VALUES('default',1,60,'Add Customer',21,'customer','20',NULL,'{"id":20,"name":"Encina Biblioteca","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,61,'Add Customer',21,'subscription','20/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":20,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":8}');
INSERT INTO "journal" VALUES('default',1,62,'Add Customer',22,'customer','21',NULL,'{"id":21,"name":"Hostal La Loma","managed_by":"admin","status":"active","email":"recepcion@laloma.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,63,'Add Customer',22,'subscription','21/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":21,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":10}');
INSERT INTO "journal" VALUES('default',1,64,'Add Customer',23,'customer','22',NULL,'{"id":22,"name":"Hotel Mirador del Valle","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,65,'Add Customer',23,'subscription','22/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":22,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":12}');
INSERT INTO "journal" VALUES('default',1,66,'Add Customer',24,'customer','23',NULL,'{"id":23,"name":"Albergue del Rio","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,67,'Add Customer',24,'subscription','23/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":23,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":4}');
INSERT INTO "journal" VALUES('default',1,68,'Add Customer',25,'customer','24',NULL,'{"id":24,"name":"Camping Los Pinos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,69,'Add Customer',25,'subscription','24/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":24,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":3}');
INSERT INTO "journal" VALUES('default',1,70,'Add Customer',26,'customer','25',NULL,'{"id":25,"name":"Fruteria Verde","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,71,'Add Customer',26,'subscription','25/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":25,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}');
INSERT INTO "journal" VALUES('default',1,72,'Add Customer',27,'customer','26',NULL,'{"id":26,"name":"Panadería Alba","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,73,'Add Customer',27,'subscription','26/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":26,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":3}');
INSERT INTO "journal" VALUES('default',1,74,'Add Customer',28,'customer','27',NULL,'{"id":27,"name":"Pescaderia Marea","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,75,'Add Customer',28,'subscription','27/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":27,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}');
INSERT INTO "journal" VALUES('default',1,76,'Add Customer',29,'customer','28',NULL,'{"id":28,"name":"Carniceria Roble","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,77,'Add Customer',29,'subscription','28/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":28,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":3}');
INSERT INTO "journal" VALUES('default',1,78,'Add Customer',30,'customer','29',NULL,'{"id":29,"name":"Floristeria Jara","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,79,'Add Customer',30,'subscription','29/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":29,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":1}');
INSERT INTO "journal" VALUES('default',1,80,'Add Customer',31,'customer','30',NULL,'{"id":30,"name":"Queseria Monte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,81,'Add Customer',31,'subscription','30/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":30,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}');
INSERT INTO "journal" VALUES('default',1,82,'Add Customer',32,'customer','31',NULL,'{"id":31,"name":"CAFE DEL MERCADO","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,83,'Add Customer',32,'subscription','31/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":31,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":4}');
INSERT INTO "journal" VALUES('default',1,84,'Add Customer',33,'customer','32',NULL,'{"id":32,"name":"Ferreteria Tornillo","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,85,'Add Customer',33,'subscription','32/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":32,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":6}');
INSERT INTO "journal" VALUES('default',1,86,'Add Customer',34,'customer','33',NULL,'{"id":33,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,87,'Add Customer',34,'subscription','33/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":33,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":25}');
INSERT INTO "journal" VALUES('default',1,88,'Add Customer',35,'customer','34',NULL,'{"id":34,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,89,'Add Customer',35,'subscription','34/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":34,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":15}');
INSERT INTO "journal" VALUES('default',1,90,'Add Customer',36,'customer','35',NULL,'{"id":35,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,91,'Add Customer',36,'subscription','35/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":35,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":15}');
INSERT INTO "journal" VALUES('default',1,92,'Add Customer',37,'customer','36',NULL,'{"id":36,"name":"Arce Almacen","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,93,'Add Customer',37,'subscription','36/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":36,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":8}');
INSERT INTO "journal" VALUES('default',1,94,'Add Customer',38,'customer','37',NULL,'{"id":37,"name":"Arce Tienda","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,95,'Add Customer',38,'subscription','37/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":37,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":6}');
INSERT INTO "journal" VALUES('default',1,96,'Add Customer',39,'customer','38',NULL,'{"id":38,"name":"Notaria Puente Viejo","managed_by":"customer","status":"active","email":"it@notaria.example","first_name":"Admin","last_name":"Notaria","disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,97,'Add Customer',39,'subscription','38/8K9EW-RX6QQ-5EPQ7-QQ6XG',NULL,'{"customer":38,"otc":"8K9EW-RX6QQ-5EPQ7-QQ6XG","licenses":12}');
INSERT INTO "journal" VALUES('default',1,98,'Add Customer',40,'customer','39',NULL,'{"id":39,"name":"Academia Brisa","managed_by":"customer","status":"active","email":"it@academia.example","first_name":"Admin","last_name":"Academia","disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,99,'Add Customer',40,'subscription','39/B3QUN-UNUMR-ERYLR-95L79',NULL,'{"customer":39,"otc":"B3QUN-UNUMR-ERYLR-95L79","licenses":25}');
INSERT INTO "journal" VALUES('default',1,100,'Add Customer',41,'customer','40',NULL,'{"id":40,"name":"Gestoria Lago Azul","managed_by":"customer","status":"active","email":"it@lagoazul.example","first_name":"Admin","last_name":"Lago","disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,101,'Add Customer',41,'subscription','40/AALAS-ER6S3-UN45V-RHD8W',NULL,'{"customer":40,"otc":"AALAS-ER6S3-UN45V-RHD8W","licenses":18}');
INSERT INTO "journal" VALUES('default',1,102,'Add Avira Subscription',2,'subscription','1/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":1,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":5}');
INSERT INTO "journal" VALUES('default',1,103,'Add Avira Subscription',3,'subscription','11/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":11,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":4}');
INSERT INTO "journal" VALUES('default',1,104,'Add Avira Subscription',4,'subscription','21/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":21,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":6}');
INSERT INTO "journal" VALUES('default',1,105,'Add Avira Subscription',5,'subscription','18/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":18,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":10}');
INSERT INTO "journal" VALUES('default',1,106,'Add Avira Subscription',6,'subscription','33/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":33,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":4}');
INSERT INTO "journal" VALUES('default',1,107,'Add Avira Subscription',7,'subscription','40/SXXAJ-9VPWL-JJL95-CTNUF',NULL,'{"customer":40,"otc":"SXXAJ-9VPWL-JJL95-CTNUF","licenses":6}');
INSERT INTO "journal" VALUES('default',1,108,'Edit Customer',2,'customer','1','{"id":1,"name":"Clinica Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":1,"name":"Clinica Norte","managed_by":"admin","status":"active","email":"it@clinicanorte.example","first_name":"Admin","last_name":"Norte","disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,109,'Edit Customer',3,'customer','17','{"id":17,"name":"Encina Primaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":17,"name":"Encina Primaria","managed_by":"admin","status":"active","email":"aulas@encina.example","first_name":"Admin","last_name":"Encina","disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,110,'Edit Customer',4,'customer','18','{"id":18,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":18,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":"aulas@encina.example","first_name":"Admin","last_name":"Encina","disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,111,'Edit Customer',5,'customer','31','{"id":31,"name":"CAFE DEL MERCADO","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":31,"name":"Cafe del Mercado","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,112,'Edit Customer',6,'customer','3','{"id":3,"name":"Fisio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":3,"name":"Fisio Norte","managed_by":"admin","status":"active","email":"fisio@norte.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,113,'Edit Customer',7,'customer','33','{"id":33,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":33,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":"centro@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,114,'Edit Customer',8,'customer','34','{"id":34,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":34,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":"norte@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,115,'Edit Customer',9,'customer','35','{"id":35,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":35,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":"sur@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',1,116,'Disable Customer',2,'customer','24','{"id":24,"name":"Camping Los Pinos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":24,"name":"Camping Los Pinos","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Closed in winter, opens again in April"}');
INSERT INTO "journal" VALUES('default',1,117,'Disable Customer',3,'customer','10','{"id":10,"name":"Grua Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":10,"name":"Grua Rivas","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Truck in repair"}');
INSERT INTO "journal" VALUES('default',1,118,'Disable Customer',4,'customer','16','{"id":16,"name":"Parafarmacia La Ola","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":16,"name":"Parafarmacia La Ola","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Being rebuilt"}');
INSERT INTO "journal" VALUES('default',1,119,'Devices',2,'device','1/cn-recepcion',NULL,'{"customer":1,"id":"CN-RECEPCION","operating_system":"Windows 11 Pro","model":"OptiPlex 7010","avira_installed":"2026-09-03","avira_uninstalled":null,"nh_installed":"2026-09-03","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('default',1,120,'Devices',3,'device','1/cn-consulta-1',NULL,'{"customer":1,"id":"CN-CONSULTA-1","operating_system":"Windows 11 Pro","model":"OptiPlex 7010","avira_installed":"2026-09-03","avira_uninstalled":null,"nh_installed":"2026-09-03","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('default',1,121,'Devices',4,'device','1/cn-consulta-2',NULL,'{"customer":1,"id":"CN-CONSULTA-2","operating_system":"Windows 10 Pro","model":"ProDesk 400","avira_installed":"2026-09-04","avira_uninstalled":"2026-10-30","nh_installed":"2026-09-04","nh_uninstalled":null,"avira_status":"Removed","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('default',1,122,'Devices',5,'device','11/fp-caja-1',NULL,'{"customer":11,"id":"FP-CAJA-1","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-06","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('default',1,123,'Devices',6,'device','11/fp-caja-2',NULL,'{"customer":11,"id":"FP-CAJA-2","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-07","nh_uninstalled":null,"avira_status":"Expired","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('default',1,124,'Devices',7,'device','17/ep-aula-01',NULL,'{"customer":17,"id":"EP-AULA-01","operating_system":"Windows 10 Edu","model":"ProBook 450","avira_installed":"2026-08-24","avira_uninstalled":null,"nh_installed":"2026-08-24","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Education"}');
INSERT INTO "journal" VALUES('default',1,125,'Devices',8,'device','17/ep-aula-02',NULL,'{"customer":17,"id":"EP-AULA-02","operating_system":"Windows 10 Edu","model":"ProBook 450","avira_installed":"2026-08-24","avira_uninstalled":null,"nh_installed":"2026-08-24","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Education"}');
INSERT INTO "journal" VALUES('default',1,126,'Devices',9,'device','29/fj-mostrador',NULL,'{"customer":29,"id":"FJ-MOSTRADOR","operating_system":"macOS 15","model":"Mac mini","avira_installed":"2026-10-21","avira_uninstalled":null,"nh_installed":null,"nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('default',1,127,'Devices',10,'device','38/npv-despacho',NULL,'{"customer":38,"id":"NPV-DESPACHO","operating_system":"Windows 11 Pro","model":"OptiPlex 5000","avira_installed":"2026-10-27","avira_uninstalled":null,"nh_installed":"2026-10-27","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('default',1,128,'Devices',11,'device','39/ab-aula-1',NULL,'{"customer":39,"id":"AB-AULA-1","operating_system":"Windows 11 Edu","model":"ProBook 450","avira_installed":null,"avira_uninstalled":null,"nh_installed":"2026-10-28","nh_uninstalled":null,"avira_status":"Pending","product_name":null}');
INSERT INTO "journal" VALUES('default',2,1,'Add OTC',2,'otc','KG277-RNZC4-MZMR2-QR5EA',NULL,'{"code":"KG277-RNZC4-MZMR2-QR5EA","email":"licences@msp.example","company":"Hostal La Loma","total":45,"description":"Replaces the old OTC","purchase_date":"2026-11-16","expiry_date":"2029-11-15","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',2,2,'Edit OTC',2,'otc','9V735-L8NRD-HRSVM-4J4N6','{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":"Clinics of the north","purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}','{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":75,"description":"Clinics of the north, topped up","purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('default',2,3,'Edit OTC',3,'otc','8K9EW-RX6QQ-5EPQ7-QQ6XG','{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":"2029-10-25","product_id":"AVPRO-36M","runtime":36}','{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":15,"description":"Managed by the customer, topped up","purchase_date":"2026-10-26","expiry_date":"2029-10-25","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('default',2,4,'Edit OTC',3,'subscription','38/8K9EW-RX6QQ-5EPQ7-QQ6XG','{"customer":38,"otc":"8K9EW-RX6QQ-5EPQ7-QQ6XG","licenses":12}','{"customer":38,"otc":"8K9EW-RX6QQ-5EPQ7-QQ6XG","licenses":15}');
INSERT INTO "journal" VALUES('default',2,5,'Edit OTC',4,'otc','4D9GE-FE3K7-YLFQ8-UDG7B','{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":"2027-06-30","product_id":null,"runtime":null}','{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, renewed","purchase_date":"2026-06-01","expiry_date":"2027-12-31","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',2,6,'Edit Customer',2,'subscription','1/9V735-L8NRD-HRSVM-4J4N6','{"customer":1,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":20}','{"customer":1,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":26}');
INSERT INTO "journal" VALUES('default',2,7,'Edit Customer',3,'customer','5','{"id":5,"name":"Laboratorio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":5,"name":"Laboratorio Norte","managed_by":"admin","status":"active","email":"lab@norte.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',2,8,'Edit Customer',3,'subscription','5/9V735-L8NRD-HRSVM-4J4N6','{"customer":5,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":12}','{"customer":5,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":10}');
INSERT INTO "journal" VALUES('default',2,9,'Edit Customer',4,'customer','37','{"id":37,"name":"Arce Tienda","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":37,"name":"Arce Tienda Nueva","managed_by":"admin","status":"active","email":"tienda@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',2,10,'Edit Customer',4,'subscription','37/NA354-FH2SG-TB3WF-PQS5H','{"customer":37,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":6}','{"customer":37,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":9}');
INSERT INTO "journal" VALUES('default',2,11,'Edit Customer',5,'subscription','29/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":29,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":1}',NULL);
INSERT INTO "journal" VALUES('default',2,12,'Edit Customer',6,'subscription','18/NA354-FH2SG-TB3WF-PQS5H','{"customer":18,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":10}',NULL);
INSERT INTO "journal" VALUES('default',2,13,'Update OTC',2,'subscription','4/9V735-L8NRD-HRSVM-4J4N6','{"customer":4,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":10}',NULL);
INSERT INTO "journal" VALUES('default',2,14,'Update OTC',2,'subscription','4/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":4,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":10}');
INSERT INTO "journal" VALUES('default',2,15,'Update OTC',3,'subscription','1/NA354-FH2SG-TB3WF-PQS5H','{"customer":1,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":5}',NULL);
INSERT INTO "journal" VALUES('default',2,16,'Update OTC',3,'subscription','1/9V735-L8NRD-HRSVM-4J4N6','{"customer":1,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":26}','{"customer":1,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":31}');
INSERT INTO "journal" VALUES('default',2,17,'Update OTC',4,'subscription','21/6Q6CW-HMHWU-DA5AC-PEPG6','{"customer":21,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":10}',NULL);
INSERT INTO "journal" VALUES('default',2,18,'Update OTC',4,'subscription','21/KG277-RNZC4-MZMR2-QR5EA',NULL,'{"customer":21,"otc":"KG277-RNZC4-MZMR2-QR5EA","licenses":10}');
INSERT INTO "journal" VALUES('default',2,19,'Update OTC',4,'subscription','22/6Q6CW-HMHWU-DA5AC-PEPG6','{"customer":22,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":12}',NULL);
INSERT INTO "journal" VALUES('default',2,20,'Update OTC',4,'subscription','22/KG277-RNZC4-MZMR2-QR5EA',NULL,'{"customer":22,"otc":"KG277-RNZC4-MZMR2-QR5EA","licenses":12}');
INSERT INTO "journal" VALUES('default',2,21,'Update OTC',4,'subscription','23/6Q6CW-HMHWU-DA5AC-PEPG6','{"customer":23,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":4}',NULL);
INSERT INTO "journal" VALUES('default',2,22,'Update OTC',4,'subscription','23/KG277-RNZC4-MZMR2-QR5EA',NULL,'{"customer":23,"otc":"KG277-RNZC4-MZMR2-QR5EA","licenses":4}');
INSERT INTO "journal" VALUES('default',2,23,'Update OTC',4,'subscription','24/6Q6CW-HMHWU-DA5AC-PEPG6','{"customer":24,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":3}',NULL);
INSERT INTO "journal" VALUES('default',2,24,'Update OTC',4,'subscription','24/KG277-RNZC4-MZMR2-QR5EA',NULL,'{"customer":24,"otc":"KG277-RNZC4-MZMR2-QR5EA","licenses":3}');
INSERT INTO "journal" VALUES('default',2,25,'Disable Customer',2,'customer','36','{"id":36,"name":"Arce Almacen","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":36,"name":"Arce Almacen","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Closed for good"}');
INSERT INTO "journal" VALUES('default',2,26,'Disable Customer',2,'subscription','36/NA354-FH2SG-TB3WF-PQS5H','{"customer":36,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":8}',NULL);
INSERT INTO "journal" VALUES('default',2,27,'Disable Customer',3,'customer','10','{"id":10,"name":"Grua Rivas","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Truck in repair"}','{"id":10,"name":"Grua Rivas","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Truck sold"}');
INSERT INTO "journal" VALUES('default',2,28,'Disable Customer',3,'subscription','10/7PJUC-GW3XC-PN84M-SXGG3','{"customer":10,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":3}',NULL);
INSERT INTO "journal" VALUES('default',2,29,'Disable Customer',4,'customer','30','{"id":30,"name":"Queseria Monte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":30,"name":"Queseria Monte","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Moving to another stall"}');
INSERT INTO "journal" VALUES('default',2,30,'Enable Customer',2,'customer','24','{"id":24,"name":"Camping Los Pinos","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Closed in winter, opens again in April"}','{"id":24,"name":"Camping Los Pinos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',2,31,'Devices',2,'device','11/fp-caja-2','{"customer":11,"id":"FP-CAJA-2","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-07","nh_uninstalled":null,"avira_status":"Expired","product_name":"Avira Antivirus Pro"}','{"customer":11,"id":"FP-CAJA-2","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-07","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('default',2,32,'Devices',3,'device','39/ab-aula-1','{"customer":39,"id":"AB-AULA-1","operating_system":"Windows 11 Edu","model":"ProBook 450","avira_installed":null,"avira_uninstalled":null,"nh_installed":"2026-10-28","nh_uninstalled":null,"avira_status":"Pending","product_name":null}','{"customer":39,"id":"AB-AULA-1","operating_system":"Windows 11 Edu","model":"ProBook 450","avira_installed":"2026-11-16","avira_uninstalled":null,"nh_installed":"2026-10-28","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Education"}');
INSERT INTO "journal" VALUES('default',2,33,'Devices',4,'device','1/cn-servidor',NULL,'{"customer":1,"id":"CN-SERVIDOR","operating_system":null,"model":null,"avira_installed":"2026-11-17","avira_uninstalled":null,"nh_installed":null,"nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Server"}');
INSERT INTO "journal" VALUES('default',3,1,'Add OTC',2,'otc','WUZ8L-MSZMA-PEQEV-WRR4D',NULL,'{"code":"WUZ8L-MSZMA-PEQEV-WRR4D","email":"licences@msp.example","company":"Grupo Muestra","total":50,"description":"Good: most rows below use it","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,2,'Add OTC',3,'otc','5EVRX-39KKR-BNX7N-CVQVM',NULL,'{"code":"5EVRX-39KKR-BNX7N-CVQVM","email":"licences@msp.example","company":"Grupo Muestra","total":5,"description":"Good: but 5 are few","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,3,'Add OTC',4,'otc','ENW3T-YVUM6-UFLXF-U7MWV',NULL,'{"code":"ENW3T-YVUM6-UFLXF-U7MWV","email":"licences@msp.example","company":"Grupo Muestra","total":8,"description":"Good: but nobody gets its licences","purchase_date":null,"expiry_date":"2026-10-31","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,4,'Add OTC',5,'otc','NQEEY-P4YK3-A98Y6-DAU7J',NULL,'{"code":"NQEEY-P4YK3-A98Y6-DAU7J","email":"licences@msp.example","company":"Grupo Muestra","total":10,"description":"Good: but Add Avira Subscription warns","purchase_date":null,"expiry_date":"2026-12-10","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,5,'Add OTC',6,'otc','N8FC9-GEDB4-NJE5D-QS6ZL',NULL,'{"code":"N8FC9-GEDB4-NJE5D-QS6ZL","email":"licences@msp.example","company":"Grupo Muestra","total":10,"description":"Good: one customer gets the whole of it","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,6,'Add OTC',7,'otc','QVAA5-CP36N-FR5K5-AVMA9',NULL,'{"code":"QVAA5-CP36N-FR5K5-AVMA9","email":"licences@msp.example","company":"Grupo Muestra","total":6,"description":"Good: nobody gets it","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,7,'Add OTC',8,'otc','GR79T-NYD2F-F7SBX-4LVWN',NULL,'{"code":"GR79T-NYD2F-F7SBX-4LVWN","email":"licences@msp.example","company":"Grupo Muestra","total":7,"description":"normalised: lower case, no dashes","purchase_date":null,"expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,8,'Add OTC',9,'otc','XW4FC-29LEB-PSM7V-QDN6H',NULL,'{"code":"XW4FC-29LEB-PSM7V-QDN6H","email":"licences@msp.example","company":"Grupo Muestra","total":25,"description":"formula-value-used: total is =20+5","purchase_date":null,"expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,9,'Add OTC',20,'otc','D8TQL-J5WVS-7ANEC-RK3ZP',NULL,'{"code":"D8TQL-J5WVS-7ANEC-RK3ZP","email":"licences@msp.example","company":"Peñón y Cía","total":3,"description":"console-limit: no accents there","purchase_date":null,"expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,10,'Add OTC',21,'otc','ME6YU-B2XRG-HV9FJ-3CSDK',NULL,'{"code":"ME6YU-B2XRG-HV9FJ-3CSDK","email":"licences@msp.example","company":"Penon y Cia","total":3,"description":"similar-name: the same without accents?","purchase_date":null,"expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,11,'Add Customer',2,'customer','41',NULL,'{"id":41,"name":"Tienda Uno","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',3,12,'Add Customer',2,'subscription','41/WUZ8L-MSZMA-PEQEV-WRR4D',NULL,'{"customer":41,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":10}');
INSERT INTO "journal" VALUES('default',3,13,'Add Customer',3,'customer','42',NULL,'{"id":42,"name":"Tienda Dos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',3,14,'Add Customer',3,'subscription','42/WUZ8L-MSZMA-PEQEV-WRR4D',NULL,'{"customer":42,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":10}');
INSERT INTO "journal" VALUES('default',3,15,'Add Customer',9,'customer','43',NULL,'{"id":43,"name":"Tienda Ocho","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',3,16,'Add Customer',9,'subscription','43/5EVRX-39KKR-BNX7N-CVQVM',NULL,'{"customer":43,"otc":"5EVRX-39KKR-BNX7N-CVQVM","licenses":4}');
INSERT INTO "journal" VALUES('default',3,17,'Add Customer',11,'customer','44',NULL,'{"id":44,"name":"Tienda Nueve","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',3,18,'Add Customer',11,'subscription','44/WUZ8L-MSZMA-PEQEV-WRR4D',NULL,'{"customer":44,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":1}');
INSERT INTO "journal" VALUES('default',3,19,'Add Customer',14,'customer','45',NULL,'{"id":45,"name":"Tienda Doce con un nombre largo","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',3,20,'Add Customer',14,'subscription','45/WUZ8L-MSZMA-PEQEV-WRR4D',NULL,'{"customer":45,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":1}');
INSERT INTO "journal" VALUES('default',3,21,'Add Customer',15,'customer','46',NULL,'{"id":46,"name":"Cafe Sol","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',3,22,'Add Customer',15,'subscription','46/WUZ8L-MSZMA-PEQEV-WRR4D',NULL,'{"customer":46,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":1}');
INSERT INTO "journal" VALUES('default',3,23,'Add Customer',16,'customer','47',NULL,'{"id":47,"name":"Café Sol","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('default',3,24,'Add Customer',16,'subscription','47/WUZ8L-MSZMA-PEQEV-WRR4D',NULL,'{"customer":47,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":1}');
INSERT INTO "journal" VALUES('default',3,25,'Add Customer',17,'customer','48',NULL,'{"id":48,"name":"Estudio Uno","managed_by":"customer","status":"active","email":"it@estudio.example","first_name":"Admin","last_name":"Uno","disabled_reason":null}');
INSERT INTO "journal" VALUES('default',3,26,'Add Customer',17,'subscription','48/N8FC9-GEDB4-NJE5D-QS6ZL',NULL,'{"customer":48,"otc":"N8FC9-GEDB4-NJE5D-QS6ZL","licenses":10}');
INSERT INTO "journal" VALUES('default',3,27,'Add Avira Subscription',2,'subscription','41/NQEEY-P4YK3-A98Y6-DAU7J',NULL,'{"customer":41,"otc":"NQEEY-P4YK3-A98Y6-DAU7J","licenses":2}');
INSERT INTO "journal" VALUES('default',3,28,'Edit OTC',3,'otc','QVAA5-CP36N-FR5K5-AVMA9','{"code":"QVAA5-CP36N-FR5K5-AVMA9","email":"licences@msp.example","company":"Grupo Muestra","total":6,"description":"Good: nobody gets it","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}','{"code":"QVAA5-CP36N-FR5K5-AVMA9","email":"licences@msp.example","company":"Grupo Muestra","total":8,"description":"Good: a top-up","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('default',3,29,'Edit Customer',6,'subscription','43/5EVRX-39KKR-BNX7N-CVQVM','{"customer":43,"otc":"5EVRX-39KKR-BNX7N-CVQVM","licenses":4}',NULL);
INSERT INTO "journal" VALUES('default',3,30,'Disable Customer',2,'customer','42','{"id":42,"name":"Tienda Dos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":42,"name":"Tienda Dos","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Good: the sheet Agregar suscripción Avira needs it"}');
INSERT INTO "journal" VALUES('default',3,31,'Devices',2,'device','43/to-caja',NULL,'{"customer":43,"id":"TO-CAJA","operating_system":null,"model":null,"avira_installed":"2026-11-02","avira_uninstalled":null,"nh_installed":null,"nh_uninstalled":null,"avira_status":null,"product_name":null}');
INSERT INTO "journal" VALUES('default',3,32,'Deshabilitar cliente',3,'customer','41','{"id":41,"name":"Tienda Uno","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":41,"name":"Tienda Uno","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"title-rows: there is one"}');
INSERT INTO "journal" VALUES('default',3,33,'Deshabilitar cliente',3,'subscription','41/WUZ8L-MSZMA-PEQEV-WRR4D','{"customer":41,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":10}',NULL);
INSERT INTO "journal" VALUES('default',3,34,'Deshabilitar cliente',3,'subscription','41/NQEEY-P4YK3-A98Y6-DAU7J','{"customer":41,"otc":"NQEEY-P4YK3-A98Y6-DAU7J","licenses":2}',NULL);
INSERT INTO "journal" VALUES('default',4,1,'Add OTC',2,'otc','WUZ8L-MSZMA-PEQEV-WRR4D','{"code":"WUZ8L-MSZMA-PEQEV-WRR4D","email":"licences@msp.example","company":"Grupo Muestra","total":50,"description":"Good: most rows below use it","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,2,'Add OTC',3,'otc','5EVRX-39KKR-BNX7N-CVQVM','{"code":"5EVRX-39KKR-BNX7N-CVQVM","email":"licences@msp.example","company":"Grupo Muestra","total":5,"description":"Good: but 5 are few","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,3,'Add OTC',4,'otc','ENW3T-YVUM6-UFLXF-U7MWV','{"code":"ENW3T-YVUM6-UFLXF-U7MWV","email":"licences@msp.example","company":"Grupo Muestra","total":8,"description":"Good: but nobody gets its licences","purchase_date":null,"expiry_date":"2026-10-31","product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,4,'Add OTC',5,'otc','NQEEY-P4YK3-A98Y6-DAU7J','{"code":"NQEEY-P4YK3-A98Y6-DAU7J","email":"licences@msp.example","company":"Grupo Muestra","total":10,"description":"Good: but Add Avira Subscription warns","purchase_date":null,"expiry_date":"2026-12-10","product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,5,'Add OTC',6,'otc','N8FC9-GEDB4-NJE5D-QS6ZL','{"code":"N8FC9-GEDB4-NJE5D-QS6ZL","email":"licences@msp.example","company":"Grupo Muestra","total":10,"description":"Good: one customer gets the whole of it","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,6,'Add OTC',7,'otc','QVAA5-CP36N-FR5K5-AVMA9','{"code":"QVAA5-CP36N-FR5K5-AVMA9","email":"licences@msp.example","company":"Grupo Muestra","total":8,"description":"Good: a top-up","purchase_date":null,"expiry_date":"2029-06-30","product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,7,'Add OTC',8,'otc','GR79T-NYD2F-F7SBX-4LVWN','{"code":"GR79T-NYD2F-F7SBX-4LVWN","email":"licences@msp.example","company":"Grupo Muestra","total":7,"description":"normalised: lower case, no dashes","purchase_date":null,"expiry_date":null,"product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,8,'Add OTC',9,'otc','XW4FC-29LEB-PSM7V-QDN6H','{"code":"XW4FC-29LEB-PSM7V-QDN6H","email":"licences@msp.example","company":"Grupo Muestra","total":25,"description":"formula-value-used: total is =20+5","purchase_date":null,"expiry_date":null,"product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,9,'Add OTC',20,'otc','D8TQL-J5WVS-7ANEC-RK3ZP','{"code":"D8TQL-J5WVS-7ANEC-RK3ZP","email":"licences@msp.example","company":"Peñón y Cía","total":3,"description":"console-limit: no accents there","purchase_date":null,"expiry_date":null,"product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,10,'Add OTC',21,'otc','ME6YU-B2XRG-HV9FJ-3CSDK','{"code":"ME6YU-B2XRG-HV9FJ-3CSDK","email":"licences@msp.example","company":"Penon y Cia","total":3,"description":"similar-name: the same without accents?","purchase_date":null,"expiry_date":null,"product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('default',4,11,'Add Customer',2,'customer','41','{"id":41,"name":"Tienda Uno","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"title-rows: there is one"}',NULL);
INSERT INTO "journal" VALUES('default',4,12,'Add Customer',3,'customer','42','{"id":42,"name":"Tienda Dos","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Good: the sheet Agregar suscripción Avira needs it"}',NULL);
INSERT INTO "journal" VALUES('default',4,13,'Add Customer',3,'subscription','42/WUZ8L-MSZMA-PEQEV-WRR4D','{"customer":42,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":10}',NULL);
INSERT INTO "journal" VALUES('default',4,14,'Add Customer',9,'customer','43','{"id":43,"name":"Tienda Ocho","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('default',4,15,'Add Customer',11,'customer','44','{"id":44,"name":"Tienda Nueve","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('default',4,16,'Add Customer',11,'subscription','44/WUZ8L-MSZMA-PEQEV-WRR4D','{"customer":44,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":1}',NULL);
INSERT INTO "journal" VALUES('default',4,17,'Add Customer',14,'customer','45','{"id":45,"name":"Tienda Doce con un nombre largo","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('default',4,18,'Add Customer',14,'subscription','45/WUZ8L-MSZMA-PEQEV-WRR4D','{"customer":45,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":1}',NULL);
INSERT INTO "journal" VALUES('default',4,19,'Add Customer',15,'customer','46','{"id":46,"name":"Cafe Sol","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('default',4,20,'Add Customer',15,'subscription','46/WUZ8L-MSZMA-PEQEV-WRR4D','{"customer":46,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":1}',NULL);
INSERT INTO "journal" VALUES('default',4,21,'Add Customer',16,'customer','47','{"id":47,"name":"Café Sol","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('default',4,22,'Add Customer',16,'subscription','47/WUZ8L-MSZMA-PEQEV-WRR4D','{"customer":47,"otc":"WUZ8L-MSZMA-PEQEV-WRR4D","licenses":1}',NULL);
INSERT INTO "journal" VALUES('default',4,23,'Add Customer',17,'customer','48','{"id":48,"name":"Estudio Uno","managed_by":"customer","status":"active","email":"it@estudio.example","first_name":"Admin","last_name":"Uno","disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('default',4,24,'Add Customer',17,'subscription','48/N8FC9-GEDB4-NJE5D-QS6ZL','{"customer":48,"otc":"N8FC9-GEDB4-NJE5D-QS6ZL","licenses":10}',NULL);
INSERT INTO "journal" VALUES('default',4,25,'Devices',2,'device','43/to-caja','{"customer":43,"id":"TO-CAJA","operating_system":null,"model":null,"avira_installed":"2026-11-02","avira_uninstalled":null,"nh_installed":null,"nh_uninstalled":null,"avira_status":null,"product_name":null}',NULL);
INSERT INTO "journal" VALUES('another',1,1,'Add OTC',2,'otc','9V735-L8NRD-HRSVM-4J4N6',NULL,'{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":null,"purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',1,2,'Add OTC',3,'otc','7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"code":"7PJUC-GW3XC-PN84M-SXGG3","email":"licences@msp.example","company":"Talleres Rivas","total":40,"description":null,"purchase_date":"2026-09-14","expiry_date":"2028-09-13","product_id":"AVPRO-24M","runtime":24}');
INSERT INTO "journal" VALUES('another',1,3,'Add OTC',4,'otc','H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"code":"H5C3U-JGR88-HBQ9J-42W7Y","email":"licences@msp.example","company":"Farmacias Puerto","total":80,"description":null,"purchase_date":"2026-10-05","expiry_date":"2029-10-04","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',1,4,'Add OTC',5,'otc','YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":null,"purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',1,5,'Add OTC',6,'otc','6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"code":"6Q6CW-HMHWU-DA5AC-PEPG6","email":"licences@msp.example","company":"Hostal La Loma","total":30,"description":null,"purchase_date":"2026-10-12","expiry_date":"2028-10-11","product_id":"AVPRO-24M","runtime":24}');
INSERT INTO "journal" VALUES('another',1,6,'Add OTC',7,'otc','LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',1,7,'Add OTC',8,'otc','NA354-FH2SG-TB3WF-PQS5H',NULL,'{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',1,8,'Add OTC',9,'otc','8K9EW-RX6QQ-5EPQ7-QQ6XG',NULL,'{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',1,9,'Add OTC',10,'otc','B3QUN-UNUMR-ERYLR-95L79',NULL,'{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',1,10,'Add OTC',11,'otc','AALAS-ER6S3-UN45V-RHD8W',NULL,'{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',1,11,'Add OTC',12,'otc','SXXAJ-9VPWL-JJL95-CTNUF',NULL,'{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',1,12,'Add OTC',13,'otc','4D9GE-FE3K7-YLFQ8-UDG7B',NULL,'{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',1,13,'Edit OTC',2,'otc','9V735-L8NRD-HRSVM-4J4N6','{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":null,"purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}','{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":"Clinics of the north","purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',1,14,'Edit OTC',3,'otc','YPS7E-DU5U9-PV8QG-U8ES7','{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":null,"purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}','{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":"Classrooms and offices","purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',1,15,'Edit OTC',4,'otc','LW9Q9-NVCEV-CBANA-XUXJ3','{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":null,"product_id":null,"runtime":null}','{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":"2029-10-18","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',1,16,'Edit OTC',5,'otc','4D9GE-FE3K7-YLFQ8-UDG7B','{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":null,"product_id":null,"runtime":null}','{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":"2027-06-30","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',1,17,'Edit OTC',6,'otc','NA354-FH2SG-TB3WF-PQS5H','{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}','{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":"2028-10-25","product_id":"AVPRO-24M","runtime":24}');
INSERT INTO "journal" VALUES('another',1,18,'Edit OTC',7,'otc','8K9EW-RX6QQ-5EPQ7-QQ6XG','{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}','{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":"2029-10-25","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',1,19,'Edit OTC',8,'otc','B3QUN-UNUMR-ERYLR-95L79','{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}','{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":"2028-10-25","product_id":"AVEDU-24M","runtime":24}');
INSERT INTO "journal" VALUES('another',1,20,'Edit OTC',9,'otc','AALAS-ER6S3-UN45V-RHD8W','{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}','{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":"2030-10-27","product_id":"AVPRO-48M","runtime":48}');
INSERT INTO "journal" VALUES('another',1,21,'Edit OTC',10,'otc','SXXAJ-9VPWL-JJL95-CTNUF','{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}','{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":"2030-10-27","product_id":"AVPRO-48M","runtime":48}');
INSERT INTO "journal" VALUES('another',1,22,'Add Customer',2,'customer','1',NULL,'{"id":1,"name":"Clinica Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,23,'Add Customer',2,'subscription','1/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":1,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":20}');
INSERT INTO "journal" VALUES('another',1,24,'Add Customer',3,'customer','2',NULL,'{"id":2,"name":"Clinica Norte Dental","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,25,'Add Customer',3,'subscription','2/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":2,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":8}');
INSERT INTO "journal" VALUES('another',1,26,'Add Customer',4,'customer','3',NULL,'{"id":3,"name":"Fisio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,27,'Add Customer',4,'subscription','3/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":3,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":6}');
INSERT INTO "journal" VALUES('another',1,28,'Add Customer',5,'customer','4',NULL,'{"id":4,"name":"Optica Norte","managed_by":"admin","status":"active","email":"tienda@opticanorte.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,29,'Add Customer',5,'subscription','4/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":4,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":10}');
INSERT INTO "journal" VALUES('another',1,30,'Add Customer',6,'customer','5',NULL,'{"id":5,"name":"Laboratorio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,31,'Add Customer',6,'subscription','5/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":5,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":12}');
INSERT INTO "journal" VALUES('another',1,32,'Add Customer',7,'customer','6',NULL,'{"id":6,"name":"Taller Rivas","managed_by":"admin","status":"active","email":"taller@rivas.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,33,'Add Customer',7,'subscription','6/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":6,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":9}');
INSERT INTO "journal" VALUES('another',1,34,'Add Customer',8,'customer','7',NULL,'{"id":7,"name":"Taller Rivas Motos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,35,'Add Customer',8,'subscription','7/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":7,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":4}');
INSERT INTO "journal" VALUES('another',1,36,'Add Customer',9,'customer','8',NULL,'{"id":8,"name":"Chapa y Pintura Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,37,'Add Customer',9,'subscription','8/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":8,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":5}');
INSERT INTO "journal" VALUES('another',1,38,'Add Customer',10,'customer','9',NULL,'{"id":9,"name":"Recambios Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,39,'Add Customer',10,'subscription','9/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":9,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":7}');
INSERT INTO "journal" VALUES('another',1,40,'Add Customer',11,'customer','10',NULL,'{"id":10,"name":"Grua Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,41,'Add Customer',11,'subscription','10/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":10,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":3}');
INSERT INTO "journal" VALUES('another',1,42,'Add Customer',12,'customer','11',NULL,'{"id":11,"name":"Farmacia del Puerto","managed_by":"admin","status":"active","email":"puerto@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,43,'Add Customer',12,'subscription','11/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":11,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":15}');
INSERT INTO "journal" VALUES('another',1,44,'Add Customer',13,'customer','12',NULL,'{"id":12,"name":"Farmacia del Faro","managed_by":"admin","status":"active","email":"faro@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,45,'Add Customer',13,'subscription','12/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":12,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":10}');
INSERT INTO "journal" VALUES('another',1,46,'Add Customer',14,'customer','13',NULL,'{"id":13,"name":"Farmacia de la Lonja","managed_by":"admin","status":"active","email":"lonja@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,47,'Add Customer',14,'subscription','13/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":13,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":8}');
INSERT INTO "journal" VALUES('another',1,48,'Add Customer',15,'customer','14',NULL,'{"id":14,"name":"Farmacia del Muelle","managed_by":"admin","status":"active","email":"muelle@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,49,'Add Customer',15,'subscription','14/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":14,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":8}');
INSERT INTO "journal" VALUES('another',1,50,'Add Customer',16,'customer','15',NULL,'{"id":15,"name":"Farmacia Bahia","managed_by":"admin","status":"active","email":"bahia@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,51,'Add Customer',16,'subscription','15/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":15,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":12}');
INSERT INTO "journal" VALUES('another',1,52,'Add Customer',17,'customer','16',NULL,'{"id":16,"name":"Parafarmacia La Ola","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,53,'Add Customer',17,'subscription','16/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":16,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":5}');
INSERT INTO "journal" VALUES('another',1,54,'Add Customer',18,'customer','17',NULL,'{"id":17,"name":"Encina Primaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,55,'Add Customer',18,'subscription','17/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":17,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":45}');
INSERT INTO "journal" VALUES('another',1,56,'Add Customer',19,'customer','18',NULL,'{"id":18,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,57,'Add Customer',19,'subscription','18/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":18,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":50}');
INSERT INTO "journal" VALUES('another',1,58,'Add Customer',20,'customer','19',NULL,'{"id":19,"name":"Encina Secretaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,59,'Add Customer',20,'subscription','19/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":19,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":12}');
INSERT INTO "journal" VALUES('another',1,60,'Add Customer',21,'customer','20',NULL,'{"id":20,"name":"Encina Biblioteca","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,61,'Add Customer',21,'subscription','20/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":20,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":8}');
INSERT INTO "journal" VALUES('another',1,62,'Add Customer',22,'customer','21',NULL,'{"id":21,"name":"Hostal La Loma","managed_by":"admin","status":"active","email":"recepcion@laloma.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,63,'Add Customer',22,'subscription','21/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":21,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":10}');
INSERT INTO "journal" VALUES('another',1,64,'Add Customer',23,'customer','22',NULL,'{"id":22,"name":"Hotel Mirador del Valle","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,65,'Add Customer',23,'subscription','22/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":22,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":12}');
INSERT INTO "journal" VALUES('another',1,66,'Add Customer',24,'customer','23',NULL,'{"id":23,"name":"Albergue del Rio","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,67,'Add Customer',24,'subscription','23/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":23,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":4}');
INSERT INTO "journal" VALUES('another',1,68,'Add Customer',25,'customer','24',NULL,'{"id":24,"name":"Camping Los Pinos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,69,'Add Customer',25,'subscription','24/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":24,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":3}');
INSERT INTO "journal" VALUES('another',1,70,'Add Customer',26,'customer','25',NULL,'{"id":25,"name":"Fruteria Verde","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,71,'Add Customer',26,'subscription','25/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":25,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}');
INSERT INTO "journal" VALUES('another',1,72,'Add Customer',27,'customer','26',NULL,'{"id":26,"name":"Panadería Alba","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,73,'Add Customer',27,'subscription','26/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":26,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":3}');
INSERT INTO "journal" VALUES('another',1,74,'Add Customer',28,'customer','27',NULL,'{"id":27,"name":"Pescaderia Marea","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,75,'Add Customer',28,'subscription','27/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":27,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}');
INSERT INTO "journal" VALUES('another',1,76,'Add Customer',29,'customer','28',NULL,'{"id":28,"name":"Carniceria Roble","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,77,'Add Customer',29,'subscription','28/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":28,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":3}');
INSERT INTO "journal" VALUES('another',1,78,'Add Customer',30,'customer','29',NULL,'{"id":29,"name":"Floristeria Jara","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,79,'Add Customer',30,'subscription','29/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":29,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":1}');
INSERT INTO "journal" VALUES('another',1,80,'Add Customer',31,'customer','30',NULL,'{"id":30,"name":"Queseria Monte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,81,'Add Customer',31,'subscription','30/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":30,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}');
INSERT INTO "journal" VALUES('another',1,82,'Add Customer',32,'customer','31',NULL,'{"id":31,"name":"CAFE DEL MERCADO","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,83,'Add Customer',32,'subscription','31/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":31,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":4}');
INSERT INTO "journal" VALUES('another',1,84,'Add Customer',33,'customer','32',NULL,'{"id":32,"name":"Ferreteria Tornillo","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,85,'Add Customer',33,'subscription','32/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":32,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":6}');
INSERT INTO "journal" VALUES('another',1,86,'Add Customer',34,'customer','33',NULL,'{"id":33,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,87,'Add Customer',34,'subscription','33/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":33,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":25}');
INSERT INTO "journal" VALUES('another',1,88,'Add Customer',35,'customer','34',NULL,'{"id":34,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,89,'Add Customer',35,'subscription','34/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":34,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":15}');
INSERT INTO "journal" VALUES('another',1,90,'Add Customer',36,'customer','35',NULL,'{"id":35,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,91,'Add Customer',36,'subscription','35/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":35,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":15}');
INSERT INTO "journal" VALUES('another',1,92,'Add Customer',37,'customer','36',NULL,'{"id":36,"name":"Arce Almacen","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,93,'Add Customer',37,'subscription','36/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":36,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":8}');
INSERT INTO "journal" VALUES('another',1,94,'Add Customer',38,'customer','37',NULL,'{"id":37,"name":"Arce Tienda","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,95,'Add Customer',38,'subscription','37/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":37,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":6}');
INSERT INTO "journal" VALUES('another',1,96,'Add Customer',39,'customer','38',NULL,'{"id":38,"name":"Notaria Puente Viejo","managed_by":"customer","status":"active","email":"it@notaria.example","first_name":"Admin","last_name":"Notaria","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,97,'Add Customer',39,'subscription','38/8K9EW-RX6QQ-5EPQ7-QQ6XG',NULL,'{"customer":38,"otc":"8K9EW-RX6QQ-5EPQ7-QQ6XG","licenses":12}');
INSERT INTO "journal" VALUES('another',1,98,'Add Customer',40,'customer','39',NULL,'{"id":39,"name":"Academia Brisa","managed_by":"customer","status":"active","email":"it@academia.example","first_name":"Admin","last_name":"Academia","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,99,'Add Customer',40,'subscription','39/B3QUN-UNUMR-ERYLR-95L79',NULL,'{"customer":39,"otc":"B3QUN-UNUMR-ERYLR-95L79","licenses":25}');
INSERT INTO "journal" VALUES('another',1,100,'Add Customer',41,'customer','40',NULL,'{"id":40,"name":"Gestoria Lago Azul","managed_by":"customer","status":"active","email":"it@lagoazul.example","first_name":"Admin","last_name":"Lago","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,101,'Add Customer',41,'subscription','40/AALAS-ER6S3-UN45V-RHD8W',NULL,'{"customer":40,"otc":"AALAS-ER6S3-UN45V-RHD8W","licenses":18}');
INSERT INTO "journal" VALUES('another',1,102,'Add Avira Subscription',2,'subscription','1/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":1,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":5}');
INSERT INTO "journal" VALUES('another',1,103,'Add Avira Subscription',3,'subscription','11/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":11,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":4}');
INSERT INTO "journal" VALUES('another',1,104,'Add Avira Subscription',4,'subscription','21/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":21,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":6}');
INSERT INTO "journal" VALUES('another',1,105,'Add Avira Subscription',5,'subscription','18/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":18,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":10}');
INSERT INTO "journal" VALUES('another',1,106,'Add Avira Subscription',6,'subscription','33/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":33,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":4}');
INSERT INTO "journal" VALUES('another',1,107,'Add Avira Subscription',7,'subscription','40/SXXAJ-9VPWL-JJL95-CTNUF',NULL,'{"customer":40,"otc":"SXXAJ-9VPWL-JJL95-CTNUF","licenses":6}');
INSERT INTO "journal" VALUES('another',1,108,'Edit Customer',2,'customer','1','{"id":1,"name":"Clinica Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":1,"name":"Clinica Norte","managed_by":"admin","status":"active","email":"it@clinicanorte.example","first_name":"Admin","last_name":"Norte","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,109,'Edit Customer',3,'customer','17','{"id":17,"name":"Encina Primaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":17,"name":"Encina Primaria","managed_by":"admin","status":"active","email":"aulas@encina.example","first_name":"Admin","last_name":"Encina","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,110,'Edit Customer',4,'customer','18','{"id":18,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":18,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":"aulas@encina.example","first_name":"Admin","last_name":"Encina","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,111,'Edit Customer',5,'customer','31','{"id":31,"name":"CAFE DEL MERCADO","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":31,"name":"Cafe del Mercado","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,112,'Edit Customer',6,'customer','3','{"id":3,"name":"Fisio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":3,"name":"Fisio Norte","managed_by":"admin","status":"active","email":"fisio@norte.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,113,'Edit Customer',7,'customer','33','{"id":33,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":33,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":"centro@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,114,'Edit Customer',8,'customer','34','{"id":34,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":34,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":"norte@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,115,'Edit Customer',9,'customer','35','{"id":35,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":35,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":"sur@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',1,116,'Disable Customer',2,'customer','24','{"id":24,"name":"Camping Los Pinos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":24,"name":"Camping Los Pinos","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Closed in winter, opens again in April"}');
INSERT INTO "journal" VALUES('another',1,117,'Disable Customer',3,'customer','10','{"id":10,"name":"Grua Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":10,"name":"Grua Rivas","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Truck in repair"}');
INSERT INTO "journal" VALUES('another',1,118,'Disable Customer',4,'customer','16','{"id":16,"name":"Parafarmacia La Ola","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":16,"name":"Parafarmacia La Ola","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Being rebuilt"}');
INSERT INTO "journal" VALUES('another',1,119,'Devices',2,'device','1/cn-recepcion',NULL,'{"customer":1,"id":"CN-RECEPCION","operating_system":"Windows 11 Pro","model":"OptiPlex 7010","avira_installed":"2026-09-03","avira_uninstalled":null,"nh_installed":"2026-09-03","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',1,120,'Devices',3,'device','1/cn-consulta-1',NULL,'{"customer":1,"id":"CN-CONSULTA-1","operating_system":"Windows 11 Pro","model":"OptiPlex 7010","avira_installed":"2026-09-03","avira_uninstalled":null,"nh_installed":"2026-09-03","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',1,121,'Devices',4,'device','1/cn-consulta-2',NULL,'{"customer":1,"id":"CN-CONSULTA-2","operating_system":"Windows 10 Pro","model":"ProDesk 400","avira_installed":"2026-09-04","avira_uninstalled":"2026-10-30","nh_installed":"2026-09-04","nh_uninstalled":null,"avira_status":"Removed","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',1,122,'Devices',5,'device','11/fp-caja-1',NULL,'{"customer":11,"id":"FP-CAJA-1","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-06","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',1,123,'Devices',6,'device','11/fp-caja-2',NULL,'{"customer":11,"id":"FP-CAJA-2","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-07","nh_uninstalled":null,"avira_status":"Expired","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',1,124,'Devices',7,'device','17/ep-aula-01',NULL,'{"customer":17,"id":"EP-AULA-01","operating_system":"Windows 10 Edu","model":"ProBook 450","avira_installed":"2026-08-24","avira_uninstalled":null,"nh_installed":"2026-08-24","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Education"}');
INSERT INTO "journal" VALUES('another',1,125,'Devices',8,'device','17/ep-aula-02',NULL,'{"customer":17,"id":"EP-AULA-02","operating_system":"Windows 10 Edu","model":"ProBook 450","avira_installed":"2026-08-24","avira_uninstalled":null,"nh_installed":"2026-08-24","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Education"}');
INSERT INTO "journal" VALUES('another',1,126,'Devices',9,'device','29/fj-mostrador',NULL,'{"customer":29,"id":"FJ-MOSTRADOR","operating_system":"macOS 15","model":"Mac mini","avira_installed":"2026-10-21","avira_uninstalled":null,"nh_installed":null,"nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',1,127,'Devices',10,'device','38/npv-despacho',NULL,'{"customer":38,"id":"NPV-DESPACHO","operating_system":"Windows 11 Pro","model":"OptiPlex 5000","avira_installed":"2026-10-27","avira_uninstalled":null,"nh_installed":"2026-10-27","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',1,128,'Devices',11,'device','39/ab-aula-1',NULL,'{"customer":39,"id":"AB-AULA-1","operating_system":"Windows 11 Edu","model":"ProBook 450","avira_installed":null,"avira_uninstalled":null,"nh_installed":"2026-10-28","nh_uninstalled":null,"avira_status":"Pending","product_name":null}');
INSERT INTO "journal" VALUES('another',2,1,'Add OTC',2,'otc','9V735-L8NRD-HRSVM-4J4N6','{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":"Clinics of the north","purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}',NULL);
INSERT INTO "journal" VALUES('another',2,2,'Add OTC',3,'otc','7PJUC-GW3XC-PN84M-SXGG3','{"code":"7PJUC-GW3XC-PN84M-SXGG3","email":"licences@msp.example","company":"Talleres Rivas","total":40,"description":null,"purchase_date":"2026-09-14","expiry_date":"2028-09-13","product_id":"AVPRO-24M","runtime":24}',NULL);
INSERT INTO "journal" VALUES('another',2,3,'Add OTC',4,'otc','H5C3U-JGR88-HBQ9J-42W7Y','{"code":"H5C3U-JGR88-HBQ9J-42W7Y","email":"licences@msp.example","company":"Farmacias Puerto","total":80,"description":null,"purchase_date":"2026-10-05","expiry_date":"2029-10-04","product_id":"AVPRO-36M","runtime":36}',NULL);
INSERT INTO "journal" VALUES('another',2,4,'Add OTC',5,'otc','YPS7E-DU5U9-PV8QG-U8ES7','{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":"Classrooms and offices","purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}',NULL);
INSERT INTO "journal" VALUES('another',2,5,'Add OTC',6,'otc','6Q6CW-HMHWU-DA5AC-PEPG6','{"code":"6Q6CW-HMHWU-DA5AC-PEPG6","email":"licences@msp.example","company":"Hostal La Loma","total":30,"description":null,"purchase_date":"2026-10-12","expiry_date":"2028-10-11","product_id":"AVPRO-24M","runtime":24}',NULL);
INSERT INTO "journal" VALUES('another',2,6,'Add OTC',7,'otc','LW9Q9-NVCEV-CBANA-XUXJ3','{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":"2029-10-18","product_id":"AVPRO-36M","runtime":36}',NULL);
INSERT INTO "journal" VALUES('another',2,7,'Add OTC',8,'otc','NA354-FH2SG-TB3WF-PQS5H','{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":"2028-10-25","product_id":"AVPRO-24M","runtime":24}',NULL);
INSERT INTO "journal" VALUES('another',2,8,'Add OTC',9,'otc','8K9EW-RX6QQ-5EPQ7-QQ6XG','{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":"2029-10-25","product_id":"AVPRO-36M","runtime":36}',NULL);
INSERT INTO "journal" VALUES('another',2,9,'Add OTC',10,'otc','B3QUN-UNUMR-ERYLR-95L79','{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":"2028-10-25","product_id":"AVEDU-24M","runtime":24}',NULL);
INSERT INTO "journal" VALUES('another',2,10,'Add OTC',11,'otc','AALAS-ER6S3-UN45V-RHD8W','{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":"2030-10-27","product_id":"AVPRO-48M","runtime":48}',NULL);
INSERT INTO "journal" VALUES('another',2,11,'Add OTC',12,'otc','SXXAJ-9VPWL-JJL95-CTNUF','{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":"2030-10-27","product_id":"AVPRO-48M","runtime":48}',NULL);
INSERT INTO "journal" VALUES('another',2,12,'Add OTC',13,'otc','4D9GE-FE3K7-YLFQ8-UDG7B','{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":"2027-06-30","product_id":null,"runtime":null}',NULL);
INSERT INTO "journal" VALUES('another',2,13,'Add Customer',2,'customer','1','{"id":1,"name":"Clinica Norte","managed_by":"admin","status":"active","email":"it@clinicanorte.example","first_name":"Admin","last_name":"Norte","disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,14,'Add Customer',2,'subscription','1/9V735-L8NRD-HRSVM-4J4N6','{"customer":1,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":20}',NULL);
INSERT INTO "journal" VALUES('another',2,15,'Add Customer',3,'customer','2','{"id":2,"name":"Clinica Norte Dental","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,16,'Add Customer',3,'subscription','2/9V735-L8NRD-HRSVM-4J4N6','{"customer":2,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":8}',NULL);
INSERT INTO "journal" VALUES('another',2,17,'Add Customer',4,'customer','3','{"id":3,"name":"Fisio Norte","managed_by":"admin","status":"active","email":"fisio@norte.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,18,'Add Customer',4,'subscription','3/9V735-L8NRD-HRSVM-4J4N6','{"customer":3,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":6}',NULL);
INSERT INTO "journal" VALUES('another',2,19,'Add Customer',5,'customer','4','{"id":4,"name":"Optica Norte","managed_by":"admin","status":"active","email":"tienda@opticanorte.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,20,'Add Customer',5,'subscription','4/9V735-L8NRD-HRSVM-4J4N6','{"customer":4,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":10}',NULL);
INSERT INTO "journal" VALUES('another',2,21,'Add Customer',6,'customer','5','{"id":5,"name":"Laboratorio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,22,'Add Customer',6,'subscription','5/9V735-L8NRD-HRSVM-4J4N6','{"customer":5,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":12}',NULL);
INSERT INTO "journal" VALUES('another',2,23,'Add Customer',7,'customer','6','{"id":6,"name":"Taller Rivas","managed_by":"admin","status":"active","email":"taller@rivas.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,24,'Add Customer',7,'subscription','6/7PJUC-GW3XC-PN84M-SXGG3','{"customer":6,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":9}',NULL);
INSERT INTO "journal" VALUES('another',2,25,'Add Customer',8,'customer','7','{"id":7,"name":"Taller Rivas Motos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,26,'Add Customer',8,'subscription','7/7PJUC-GW3XC-PN84M-SXGG3','{"customer":7,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":4}',NULL);
INSERT INTO "journal" VALUES('another',2,27,'Add Customer',9,'customer','8','{"id":8,"name":"Chapa y Pintura Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,28,'Add Customer',9,'subscription','8/7PJUC-GW3XC-PN84M-SXGG3','{"customer":8,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":5}',NULL);
INSERT INTO "journal" VALUES('another',2,29,'Add Customer',10,'customer','9','{"id":9,"name":"Recambios Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,30,'Add Customer',10,'subscription','9/7PJUC-GW3XC-PN84M-SXGG3','{"customer":9,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":7}',NULL);
INSERT INTO "journal" VALUES('another',2,31,'Add Customer',11,'customer','10','{"id":10,"name":"Grua Rivas","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Truck in repair"}',NULL);
INSERT INTO "journal" VALUES('another',2,32,'Add Customer',11,'subscription','10/7PJUC-GW3XC-PN84M-SXGG3','{"customer":10,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":3}',NULL);
INSERT INTO "journal" VALUES('another',2,33,'Add Customer',12,'customer','11','{"id":11,"name":"Farmacia del Puerto","managed_by":"admin","status":"active","email":"puerto@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,34,'Add Customer',12,'subscription','11/H5C3U-JGR88-HBQ9J-42W7Y','{"customer":11,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":15}',NULL);
INSERT INTO "journal" VALUES('another',2,35,'Add Customer',13,'customer','12','{"id":12,"name":"Farmacia del Faro","managed_by":"admin","status":"active","email":"faro@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,36,'Add Customer',13,'subscription','12/H5C3U-JGR88-HBQ9J-42W7Y','{"customer":12,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":10}',NULL);
INSERT INTO "journal" VALUES('another',2,37,'Add Customer',14,'customer','13','{"id":13,"name":"Farmacia de la Lonja","managed_by":"admin","status":"active","email":"lonja@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,38,'Add Customer',14,'subscription','13/H5C3U-JGR88-HBQ9J-42W7Y','{"customer":13,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":8}',NULL);
INSERT INTO "journal" VALUES('another',2,39,'Add Customer',15,'customer','14','{"id":14,"name":"Farmacia del Muelle","managed_by":"admin","status":"active","email":"muelle@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,40,'Add Customer',15,'subscription','14/H5C3U-JGR88-HBQ9J-42W7Y','{"customer":14,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":8}',NULL);
INSERT INTO "journal" VALUES('another',2,41,'Add Customer',16,'customer','15','{"id":15,"name":"Farmacia Bahia","managed_by":"admin","status":"active","email":"bahia@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,42,'Add Customer',16,'subscription','15/H5C3U-JGR88-HBQ9J-42W7Y','{"customer":15,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":12}',NULL);
INSERT INTO "journal" VALUES('another',2,43,'Add Customer',17,'customer','16','{"id":16,"name":"Parafarmacia La Ola","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Being rebuilt"}',NULL);
INSERT INTO "journal" VALUES('another',2,44,'Add Customer',17,'subscription','16/H5C3U-JGR88-HBQ9J-42W7Y','{"customer":16,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":5}',NULL);
INSERT INTO "journal" VALUES('another',2,45,'Add Customer',18,'customer','17','{"id":17,"name":"Encina Primaria","managed_by":"admin","status":"active","email":"aulas@encina.example","first_name":"Admin","last_name":"Encina","disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,46,'Add Customer',18,'subscription','17/YPS7E-DU5U9-PV8QG-U8ES7','{"customer":17,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":45}',NULL);
INSERT INTO "journal" VALUES('another',2,47,'Add Customer',19,'customer','18','{"id":18,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":"aulas@encina.example","first_name":"Admin","last_name":"Encina","disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,48,'Add Customer',19,'subscription','18/YPS7E-DU5U9-PV8QG-U8ES7','{"customer":18,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":50}',NULL);
INSERT INTO "journal" VALUES('another',2,49,'Add Customer',20,'customer','19','{"id":19,"name":"Encina Secretaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,50,'Add Customer',20,'subscription','19/YPS7E-DU5U9-PV8QG-U8ES7','{"customer":19,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":12}',NULL);
INSERT INTO "journal" VALUES('another',2,51,'Add Customer',21,'customer','20','{"id":20,"name":"Encina Biblioteca","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,52,'Add Customer',21,'subscription','20/YPS7E-DU5U9-PV8QG-U8ES7','{"customer":20,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":8}',NULL);
INSERT INTO "journal" VALUES('another',2,53,'Add Customer',22,'customer','21','{"id":21,"name":"Hostal La Loma","managed_by":"admin","status":"active","email":"recepcion@laloma.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,54,'Add Customer',22,'subscription','21/6Q6CW-HMHWU-DA5AC-PEPG6','{"customer":21,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":10}',NULL);
INSERT INTO "journal" VALUES('another',2,55,'Add Customer',23,'customer','22','{"id":22,"name":"Hotel Mirador del Valle","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,56,'Add Customer',23,'subscription','22/6Q6CW-HMHWU-DA5AC-PEPG6','{"customer":22,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":12}',NULL);
INSERT INTO "journal" VALUES('another',2,57,'Add Customer',24,'customer','23','{"id":23,"name":"Albergue del Rio","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,58,'Add Customer',24,'subscription','23/6Q6CW-HMHWU-DA5AC-PEPG6','{"customer":23,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":4}',NULL);
INSERT INTO "journal" VALUES('another',2,59,'Add Customer',25,'customer','24','{"id":24,"name":"Camping Los Pinos","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Closed in winter, opens again in April"}',NULL);
INSERT INTO "journal" VALUES('another',2,60,'Add Customer',25,'subscription','24/6Q6CW-HMHWU-DA5AC-PEPG6','{"customer":24,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":3}',NULL);
INSERT INTO "journal" VALUES('another',2,61,'Add Customer',26,'customer','25','{"id":25,"name":"Fruteria Verde","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,62,'Add Customer',26,'subscription','25/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":25,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}',NULL);
INSERT INTO "journal" VALUES('another',2,63,'Add Customer',27,'customer','26','{"id":26,"name":"Panadería Alba","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,64,'Add Customer',27,'subscription','26/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":26,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":3}',NULL);
INSERT INTO "journal" VALUES('another',2,65,'Add Customer',28,'customer','27','{"id":27,"name":"Pescaderia Marea","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,66,'Add Customer',28,'subscription','27/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":27,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}',NULL);
INSERT INTO "journal" VALUES('another',2,67,'Add Customer',29,'customer','28','{"id":28,"name":"Carniceria Roble","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,68,'Add Customer',29,'subscription','28/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":28,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":3}',NULL);
INSERT INTO "journal" VALUES('another',2,69,'Add Customer',30,'customer','29','{"id":29,"name":"Floristeria Jara","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,70,'Add Customer',30,'subscription','29/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":29,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":1}',NULL);
INSERT INTO "journal" VALUES('another',2,71,'Add Customer',31,'customer','30','{"id":30,"name":"Queseria Monte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,72,'Add Customer',31,'subscription','30/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":30,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}',NULL);
INSERT INTO "journal" VALUES('another',2,73,'Add Customer',32,'customer','31','{"id":31,"name":"Cafe del Mercado","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,74,'Add Customer',32,'subscription','31/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":31,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":4}',NULL);
INSERT INTO "journal" VALUES('another',2,75,'Add Customer',33,'customer','32','{"id":32,"name":"Ferreteria Tornillo","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,76,'Add Customer',33,'subscription','32/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":32,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":6}',NULL);
INSERT INTO "journal" VALUES('another',2,77,'Add Customer',34,'customer','33','{"id":33,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":"centro@arce.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,78,'Add Customer',34,'subscription','33/NA354-FH2SG-TB3WF-PQS5H','{"customer":33,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":25}',NULL);
INSERT INTO "journal" VALUES('another',2,79,'Add Customer',35,'customer','34','{"id":34,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":"norte@arce.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,80,'Add Customer',35,'subscription','34/NA354-FH2SG-TB3WF-PQS5H','{"customer":34,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":15}',NULL);
INSERT INTO "journal" VALUES('another',2,81,'Add Customer',36,'customer','35','{"id":35,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":"sur@arce.example","first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,82,'Add Customer',36,'subscription','35/NA354-FH2SG-TB3WF-PQS5H','{"customer":35,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":15}',NULL);
INSERT INTO "journal" VALUES('another',2,83,'Add Customer',37,'customer','36','{"id":36,"name":"Arce Almacen","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,84,'Add Customer',37,'subscription','36/NA354-FH2SG-TB3WF-PQS5H','{"customer":36,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":8}',NULL);
INSERT INTO "journal" VALUES('another',2,85,'Add Customer',38,'customer','37','{"id":37,"name":"Arce Tienda","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,86,'Add Customer',38,'subscription','37/NA354-FH2SG-TB3WF-PQS5H','{"customer":37,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":6}',NULL);
INSERT INTO "journal" VALUES('another',2,87,'Add Customer',39,'customer','38','{"id":38,"name":"Notaria Puente Viejo","managed_by":"customer","status":"active","email":"it@notaria.example","first_name":"Admin","last_name":"Notaria","disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,88,'Add Customer',39,'subscription','38/8K9EW-RX6QQ-5EPQ7-QQ6XG','{"customer":38,"otc":"8K9EW-RX6QQ-5EPQ7-QQ6XG","licenses":12}',NULL);
INSERT INTO "journal" VALUES('another',2,89,'Add Customer',40,'customer','39','{"id":39,"name":"Academia Brisa","managed_by":"customer","status":"active","email":"it@academia.example","first_name":"Admin","last_name":"Academia","disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,90,'Add Customer',40,'subscription','39/B3QUN-UNUMR-ERYLR-95L79','{"customer":39,"otc":"B3QUN-UNUMR-ERYLR-95L79","licenses":25}',NULL);
INSERT INTO "journal" VALUES('another',2,91,'Add Customer',41,'customer','40','{"id":40,"name":"Gestoria Lago Azul","managed_by":"customer","status":"active","email":"it@lagoazul.example","first_name":"Admin","last_name":"Lago","disabled_reason":null}',NULL);
INSERT INTO "journal" VALUES('another',2,92,'Add Customer',41,'subscription','40/AALAS-ER6S3-UN45V-RHD8W','{"customer":40,"otc":"AALAS-ER6S3-UN45V-RHD8W","licenses":18}',NULL);
INSERT INTO "journal" VALUES('another',2,93,'Add Avira Subscription',2,'subscription','1/NA354-FH2SG-TB3WF-PQS5H','{"customer":1,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":5}',NULL);
INSERT INTO "journal" VALUES('another',2,94,'Add Avira Subscription',3,'subscription','11/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":11,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":4}',NULL);
INSERT INTO "journal" VALUES('another',2,95,'Add Avira Subscription',4,'subscription','21/LW9Q9-NVCEV-CBANA-XUXJ3','{"customer":21,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":6}',NULL);
INSERT INTO "journal" VALUES('another',2,96,'Add Avira Subscription',5,'subscription','18/NA354-FH2SG-TB3WF-PQS5H','{"customer":18,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":10}',NULL);
INSERT INTO "journal" VALUES('another',2,97,'Add Avira Subscription',6,'subscription','33/9V735-L8NRD-HRSVM-4J4N6','{"customer":33,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":4}',NULL);
INSERT INTO "journal" VALUES('another',2,98,'Add Avira Subscription',7,'subscription','40/SXXAJ-9VPWL-JJL95-CTNUF','{"customer":40,"otc":"SXXAJ-9VPWL-JJL95-CTNUF","licenses":6}',NULL);
INSERT INTO "journal" VALUES('another',2,99,'Devices',2,'device','1/cn-recepcion','{"customer":1,"id":"CN-RECEPCION","operating_system":"Windows 11 Pro","model":"OptiPlex 7010","avira_installed":"2026-09-03","avira_uninstalled":null,"nh_installed":"2026-09-03","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}',NULL);
INSERT INTO "journal" VALUES('another',2,100,'Devices',3,'device','1/cn-consulta-1','{"customer":1,"id":"CN-CONSULTA-1","operating_system":"Windows 11 Pro","model":"OptiPlex 7010","avira_installed":"2026-09-03","avira_uninstalled":null,"nh_installed":"2026-09-03","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}',NULL);
INSERT INTO "journal" VALUES('another',2,101,'Devices',4,'device','1/cn-consulta-2','{"customer":1,"id":"CN-CONSULTA-2","operating_system":"Windows 10 Pro","model":"ProDesk 400","avira_installed":"2026-09-04","avira_uninstalled":"2026-10-30","nh_installed":"2026-09-04","nh_uninstalled":null,"avira_status":"Removed","product_name":"Avira Antivirus Pro"}',NULL);
INSERT INTO "journal" VALUES('another',2,102,'Devices',5,'device','11/fp-caja-1','{"customer":11,"id":"FP-CAJA-1","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-06","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}',NULL);
INSERT INTO "journal" VALUES('another',2,103,'Devices',6,'device','11/fp-caja-2','{"customer":11,"id":"FP-CAJA-2","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-07","nh_uninstalled":null,"avira_status":"Expired","product_name":"Avira Antivirus Pro"}',NULL);
INSERT INTO "journal" VALUES('another',2,104,'Devices',7,'device','17/ep-aula-01','{"customer":17,"id":"EP-AULA-01","operating_system":"Windows 10 Edu","model":"ProBook 450","avira_installed":"2026-08-24","avira_uninstalled":null,"nh_installed":"2026-08-24","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Education"}',NULL);
INSERT INTO "journal" VALUES('another',2,105,'Devices',8,'device','17/ep-aula-02','{"customer":17,"id":"EP-AULA-02","operating_system":"Windows 10 Edu","model":"ProBook 450","avira_installed":"2026-08-24","avira_uninstalled":null,"nh_installed":"2026-08-24","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Education"}',NULL);
INSERT INTO "journal" VALUES('another',2,106,'Devices',9,'device','29/fj-mostrador','{"customer":29,"id":"FJ-MOSTRADOR","operating_system":"macOS 15","model":"Mac mini","avira_installed":"2026-10-21","avira_uninstalled":null,"nh_installed":null,"nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}',NULL);
INSERT INTO "journal" VALUES('another',2,107,'Devices',10,'device','38/npv-despacho','{"customer":38,"id":"NPV-DESPACHO","operating_system":"Windows 11 Pro","model":"OptiPlex 5000","avira_installed":"2026-10-27","avira_uninstalled":null,"nh_installed":"2026-10-27","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}',NULL);
INSERT INTO "journal" VALUES('another',2,108,'Devices',11,'device','39/ab-aula-1','{"customer":39,"id":"AB-AULA-1","operating_system":"Windows 11 Edu","model":"ProBook 450","avira_installed":null,"avira_uninstalled":null,"nh_installed":"2026-10-28","nh_uninstalled":null,"avira_status":"Pending","product_name":null}',NULL);
INSERT INTO "journal" VALUES('another',3,1,'Add OTC',2,'otc','9V735-L8NRD-HRSVM-4J4N6',NULL,'{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":null,"purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',3,2,'Add OTC',3,'otc','7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"code":"7PJUC-GW3XC-PN84M-SXGG3","email":"licences@msp.example","company":"Talleres Rivas","total":40,"description":null,"purchase_date":"2026-09-14","expiry_date":"2028-09-13","product_id":"AVPRO-24M","runtime":24}');
INSERT INTO "journal" VALUES('another',3,3,'Add OTC',4,'otc','H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"code":"H5C3U-JGR88-HBQ9J-42W7Y","email":"licences@msp.example","company":"Farmacias Puerto","total":80,"description":null,"purchase_date":"2026-10-05","expiry_date":"2029-10-04","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',3,4,'Add OTC',5,'otc','YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":null,"purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',3,5,'Add OTC',6,'otc','6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"code":"6Q6CW-HMHWU-DA5AC-PEPG6","email":"licences@msp.example","company":"Hostal La Loma","total":30,"description":null,"purchase_date":"2026-10-12","expiry_date":"2028-10-11","product_id":"AVPRO-24M","runtime":24}');
INSERT INTO "journal" VALUES('another',3,6,'Add OTC',7,'otc','LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',3,7,'Add OTC',8,'otc','NA354-FH2SG-TB3WF-PQS5H',NULL,'{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',3,8,'Add OTC',9,'otc','8K9EW-RX6QQ-5EPQ7-QQ6XG',NULL,'{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',3,9,'Add OTC',10,'otc','B3QUN-UNUMR-ERYLR-95L79',NULL,'{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',3,10,'Add OTC',11,'otc','AALAS-ER6S3-UN45V-RHD8W',NULL,'{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',3,11,'Add OTC',12,'otc','SXXAJ-9VPWL-JJL95-CTNUF',NULL,'{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',3,12,'Add OTC',13,'otc','4D9GE-FE3K7-YLFQ8-UDG7B',NULL,'{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":null,"product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',3,13,'Edit OTC',2,'otc','9V735-L8NRD-HRSVM-4J4N6','{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":null,"purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}','{"code":"9V735-L8NRD-HRSVM-4J4N6","email":"licences@msp.example","company":"Grupo Norte","total":60,"description":"Clinics of the north","purchase_date":"2026-09-01","expiry_date":"2029-08-31","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',3,14,'Edit OTC',3,'otc','YPS7E-DU5U9-PV8QG-U8ES7','{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":null,"purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}','{"code":"YPS7E-DU5U9-PV8QG-U8ES7","email":"licences@msp.example","company":"Colegio Encina","total":120,"description":"Classrooms and offices","purchase_date":"2026-08-20","expiry_date":"2029-08-19","product_id":"AVEDU-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',3,15,'Edit OTC',4,'otc','LW9Q9-NVCEV-CBANA-XUXJ3','{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":null,"product_id":null,"runtime":null}','{"code":"LW9Q9-NVCEV-CBANA-XUXJ3","email":"licences@msp.example","company":"Mercado de Abastos","total":50,"description":"Shared by the market stalls","purchase_date":"2026-10-19","expiry_date":"2029-10-18","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',3,16,'Edit OTC',5,'otc','4D9GE-FE3K7-YLFQ8-UDG7B','{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":null,"product_id":null,"runtime":null}','{"code":"4D9GE-FE3K7-YLFQ8-UDG7B","email":"licences@msp.example","company":"Demo MSP","total":5,"description":"Trial licences, not handed out","purchase_date":"2026-06-01","expiry_date":"2027-06-30","product_id":null,"runtime":null}');
INSERT INTO "journal" VALUES('another',3,17,'Edit OTC',6,'otc','NA354-FH2SG-TB3WF-PQS5H','{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}','{"code":"NA354-FH2SG-TB3WF-PQS5H","email":"licences@msp.example","company":"Oficinas Arce","total":100,"description":"All offices of the group","purchase_date":"2026-10-26","expiry_date":"2028-10-25","product_id":"AVPRO-24M","runtime":24}');
INSERT INTO "journal" VALUES('another',3,18,'Edit OTC',7,'otc','8K9EW-RX6QQ-5EPQ7-QQ6XG','{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}','{"code":"8K9EW-RX6QQ-5EPQ7-QQ6XG","email":"licences@msp.example","company":"Notaria Puente Viejo","total":12,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":"2029-10-25","product_id":"AVPRO-36M","runtime":36}');
INSERT INTO "journal" VALUES('another',3,19,'Edit OTC',8,'otc','B3QUN-UNUMR-ERYLR-95L79','{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":null,"product_id":null,"runtime":null}','{"code":"B3QUN-UNUMR-ERYLR-95L79","email":"licences@msp.example","company":"Academia Brisa","total":25,"description":"Managed by the customer","purchase_date":"2026-10-26","expiry_date":"2028-10-25","product_id":"AVEDU-24M","runtime":24}');
INSERT INTO "journal" VALUES('another',3,20,'Edit OTC',9,'otc','AALAS-ER6S3-UN45V-RHD8W','{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}','{"code":"AALAS-ER6S3-UN45V-RHD8W","email":"licences@msp.example","company":"Gestoria Lago Azul","total":18,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":"2030-10-27","product_id":"AVPRO-48M","runtime":48}');
INSERT INTO "journal" VALUES('another',3,21,'Edit OTC',10,'otc','SXXAJ-9VPWL-JJL95-CTNUF','{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":null,"product_id":null,"runtime":null}','{"code":"SXXAJ-9VPWL-JJL95-CTNUF","email":"licences@msp.example","company":"Gestoria Lago Azul","total":6,"description":"Managed by the customer","purchase_date":"2026-10-28","expiry_date":"2030-10-27","product_id":"AVPRO-48M","runtime":48}');
INSERT INTO "journal" VALUES('another',3,22,'Add Customer',2,'customer','41',NULL,'{"id":41,"name":"Clinica Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,23,'Add Customer',2,'subscription','41/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":41,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":20}');
INSERT INTO "journal" VALUES('another',3,24,'Add Customer',3,'customer','42',NULL,'{"id":42,"name":"Clinica Norte Dental","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,25,'Add Customer',3,'subscription','42/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":42,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":8}');
INSERT INTO "journal" VALUES('another',3,26,'Add Customer',4,'customer','43',NULL,'{"id":43,"name":"Fisio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,27,'Add Customer',4,'subscription','43/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":43,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":6}');
INSERT INTO "journal" VALUES('another',3,28,'Add Customer',5,'customer','44',NULL,'{"id":44,"name":"Optica Norte","managed_by":"admin","status":"active","email":"tienda@opticanorte.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,29,'Add Customer',5,'subscription','44/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":44,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":10}');
INSERT INTO "journal" VALUES('another',3,30,'Add Customer',6,'customer','45',NULL,'{"id":45,"name":"Laboratorio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,31,'Add Customer',6,'subscription','45/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":45,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":12}');
INSERT INTO "journal" VALUES('another',3,32,'Add Customer',7,'customer','46',NULL,'{"id":46,"name":"Taller Rivas","managed_by":"admin","status":"active","email":"taller@rivas.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,33,'Add Customer',7,'subscription','46/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":46,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":9}');
INSERT INTO "journal" VALUES('another',3,34,'Add Customer',8,'customer','47',NULL,'{"id":47,"name":"Taller Rivas Motos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,35,'Add Customer',8,'subscription','47/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":47,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":4}');
INSERT INTO "journal" VALUES('another',3,36,'Add Customer',9,'customer','48',NULL,'{"id":48,"name":"Chapa y Pintura Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,37,'Add Customer',9,'subscription','48/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":48,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":5}');
INSERT INTO "journal" VALUES('another',3,38,'Add Customer',10,'customer','49',NULL,'{"id":49,"name":"Recambios Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,39,'Add Customer',10,'subscription','49/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":49,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":7}');
INSERT INTO "journal" VALUES('another',3,40,'Add Customer',11,'customer','50',NULL,'{"id":50,"name":"Grua Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,41,'Add Customer',11,'subscription','50/7PJUC-GW3XC-PN84M-SXGG3',NULL,'{"customer":50,"otc":"7PJUC-GW3XC-PN84M-SXGG3","licenses":3}');
INSERT INTO "journal" VALUES('another',3,42,'Add Customer',12,'customer','51',NULL,'{"id":51,"name":"Farmacia del Puerto","managed_by":"admin","status":"active","email":"puerto@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,43,'Add Customer',12,'subscription','51/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":51,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":15}');
INSERT INTO "journal" VALUES('another',3,44,'Add Customer',13,'customer','52',NULL,'{"id":52,"name":"Farmacia del Faro","managed_by":"admin","status":"active","email":"faro@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,45,'Add Customer',13,'subscription','52/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":52,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":10}');
INSERT INTO "journal" VALUES('another',3,46,'Add Customer',14,'customer','53',NULL,'{"id":53,"name":"Farmacia de la Lonja","managed_by":"admin","status":"active","email":"lonja@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,47,'Add Customer',14,'subscription','53/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":53,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":8}');
INSERT INTO "journal" VALUES('another',3,48,'Add Customer',15,'customer','54',NULL,'{"id":54,"name":"Farmacia del Muelle","managed_by":"admin","status":"active","email":"muelle@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,49,'Add Customer',15,'subscription','54/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":54,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":8}');
INSERT INTO "journal" VALUES('another',3,50,'Add Customer',16,'customer','55',NULL,'{"id":55,"name":"Farmacia Bahia","managed_by":"admin","status":"active","email":"bahia@farmacias.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,51,'Add Customer',16,'subscription','55/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":55,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":12}');
INSERT INTO "journal" VALUES('another',3,52,'Add Customer',17,'customer','56',NULL,'{"id":56,"name":"Parafarmacia La Ola","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,53,'Add Customer',17,'subscription','56/H5C3U-JGR88-HBQ9J-42W7Y',NULL,'{"customer":56,"otc":"H5C3U-JGR88-HBQ9J-42W7Y","licenses":5}');
INSERT INTO "journal" VALUES('another',3,54,'Add Customer',18,'customer','57',NULL,'{"id":57,"name":"Encina Primaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,55,'Add Customer',18,'subscription','57/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":57,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":45}');
INSERT INTO "journal" VALUES('another',3,56,'Add Customer',19,'customer','58',NULL,'{"id":58,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,57,'Add Customer',19,'subscription','58/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":58,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":50}');
INSERT INTO "journal" VALUES('another',3,58,'Add Customer',20,'customer','59',NULL,'{"id":59,"name":"Encina Secretaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,59,'Add Customer',20,'subscription','59/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":59,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":12}');
INSERT INTO "journal" VALUES('another',3,60,'Add Customer',21,'customer','60',NULL,'{"id":60,"name":"Encina Biblioteca","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,61,'Add Customer',21,'subscription','60/YPS7E-DU5U9-PV8QG-U8ES7',NULL,'{"customer":60,"otc":"YPS7E-DU5U9-PV8QG-U8ES7","licenses":8}');
INSERT INTO "journal" VALUES('another',3,62,'Add Customer',22,'customer','61',NULL,'{"id":61,"name":"Hostal La Loma","managed_by":"admin","status":"active","email":"recepcion@laloma.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,63,'Add Customer',22,'subscription','61/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":61,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":10}');
INSERT INTO "journal" VALUES('another',3,64,'Add Customer',23,'customer','62',NULL,'{"id":62,"name":"Hotel Mirador del Valle","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,65,'Add Customer',23,'subscription','62/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":62,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":12}');
INSERT INTO "journal" VALUES('another',3,66,'Add Customer',24,'customer','63',NULL,'{"id":63,"name":"Albergue del Rio","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,67,'Add Customer',24,'subscription','63/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":63,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":4}');
INSERT INTO "journal" VALUES('another',3,68,'Add Customer',25,'customer','64',NULL,'{"id":64,"name":"Camping Los Pinos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,69,'Add Customer',25,'subscription','64/6Q6CW-HMHWU-DA5AC-PEPG6',NULL,'{"customer":64,"otc":"6Q6CW-HMHWU-DA5AC-PEPG6","licenses":3}');
INSERT INTO "journal" VALUES('another',3,70,'Add Customer',26,'customer','65',NULL,'{"id":65,"name":"Fruteria Verde","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,71,'Add Customer',26,'subscription','65/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":65,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}');
INSERT INTO "journal" VALUES('another',3,72,'Add Customer',27,'customer','66',NULL,'{"id":66,"name":"Panadería Alba","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,73,'Add Customer',27,'subscription','66/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":66,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":3}');
INSERT INTO "journal" VALUES('another',3,74,'Add Customer',28,'customer','67',NULL,'{"id":67,"name":"Pescaderia Marea","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,75,'Add Customer',28,'subscription','67/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":67,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}');
INSERT INTO "journal" VALUES('another',3,76,'Add Customer',29,'customer','68',NULL,'{"id":68,"name":"Carniceria Roble","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,77,'Add Customer',29,'subscription','68/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":68,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":3}');
INSERT INTO "journal" VALUES('another',3,78,'Add Customer',30,'customer','69',NULL,'{"id":69,"name":"Floristeria Jara","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,79,'Add Customer',30,'subscription','69/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":69,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":1}');
INSERT INTO "journal" VALUES('another',3,80,'Add Customer',31,'customer','70',NULL,'{"id":70,"name":"Queseria Monte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,81,'Add Customer',31,'subscription','70/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":70,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":2}');
INSERT INTO "journal" VALUES('another',3,82,'Add Customer',32,'customer','71',NULL,'{"id":71,"name":"CAFE DEL MERCADO","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,83,'Add Customer',32,'subscription','71/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":71,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":4}');
INSERT INTO "journal" VALUES('another',3,84,'Add Customer',33,'customer','72',NULL,'{"id":72,"name":"Ferreteria Tornillo","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,85,'Add Customer',33,'subscription','72/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":72,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":6}');
INSERT INTO "journal" VALUES('another',3,86,'Add Customer',34,'customer','73',NULL,'{"id":73,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,87,'Add Customer',34,'subscription','73/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":73,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":25}');
INSERT INTO "journal" VALUES('another',3,88,'Add Customer',35,'customer','74',NULL,'{"id":74,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,89,'Add Customer',35,'subscription','74/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":74,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":15}');
INSERT INTO "journal" VALUES('another',3,90,'Add Customer',36,'customer','75',NULL,'{"id":75,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,91,'Add Customer',36,'subscription','75/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":75,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":15}');
INSERT INTO "journal" VALUES('another',3,92,'Add Customer',37,'customer','76',NULL,'{"id":76,"name":"Arce Almacen","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,93,'Add Customer',37,'subscription','76/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":76,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":8}');
INSERT INTO "journal" VALUES('another',3,94,'Add Customer',38,'customer','77',NULL,'{"id":77,"name":"Arce Tienda","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,95,'Add Customer',38,'subscription','77/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":77,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":6}');
INSERT INTO "journal" VALUES('another',3,96,'Add Customer',39,'customer','78',NULL,'{"id":78,"name":"Notaria Puente Viejo","managed_by":"customer","status":"active","email":"it@notaria.example","first_name":"Admin","last_name":"Notaria","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,97,'Add Customer',39,'subscription','78/8K9EW-RX6QQ-5EPQ7-QQ6XG',NULL,'{"customer":78,"otc":"8K9EW-RX6QQ-5EPQ7-QQ6XG","licenses":12}');
INSERT INTO "journal" VALUES('another',3,98,'Add Customer',40,'customer','79',NULL,'{"id":79,"name":"Academia Brisa","managed_by":"customer","status":"active","email":"it@academia.example","first_name":"Admin","last_name":"Academia","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,99,'Add Customer',40,'subscription','79/B3QUN-UNUMR-ERYLR-95L79',NULL,'{"customer":79,"otc":"B3QUN-UNUMR-ERYLR-95L79","licenses":25}');
INSERT INTO "journal" VALUES('another',3,100,'Add Customer',41,'customer','80',NULL,'{"id":80,"name":"Gestoria Lago Azul","managed_by":"customer","status":"active","email":"it@lagoazul.example","first_name":"Admin","last_name":"Lago","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,101,'Add Customer',41,'subscription','80/AALAS-ER6S3-UN45V-RHD8W',NULL,'{"customer":80,"otc":"AALAS-ER6S3-UN45V-RHD8W","licenses":18}');
INSERT INTO "journal" VALUES('another',3,102,'Add Avira Subscription',2,'subscription','41/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":41,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":5}');
INSERT INTO "journal" VALUES('another',3,103,'Add Avira Subscription',3,'subscription','51/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":51,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":4}');
INSERT INTO "journal" VALUES('another',3,104,'Add Avira Subscription',4,'subscription','61/LW9Q9-NVCEV-CBANA-XUXJ3',NULL,'{"customer":61,"otc":"LW9Q9-NVCEV-CBANA-XUXJ3","licenses":6}');
INSERT INTO "journal" VALUES('another',3,105,'Add Avira Subscription',5,'subscription','58/NA354-FH2SG-TB3WF-PQS5H',NULL,'{"customer":58,"otc":"NA354-FH2SG-TB3WF-PQS5H","licenses":10}');
INSERT INTO "journal" VALUES('another',3,106,'Add Avira Subscription',6,'subscription','73/9V735-L8NRD-HRSVM-4J4N6',NULL,'{"customer":73,"otc":"9V735-L8NRD-HRSVM-4J4N6","licenses":4}');
INSERT INTO "journal" VALUES('another',3,107,'Add Avira Subscription',7,'subscription','80/SXXAJ-9VPWL-JJL95-CTNUF',NULL,'{"customer":80,"otc":"SXXAJ-9VPWL-JJL95-CTNUF","licenses":6}');
INSERT INTO "journal" VALUES('another',3,108,'Edit Customer',2,'customer','41','{"id":41,"name":"Clinica Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":41,"name":"Clinica Norte","managed_by":"admin","status":"active","email":"it@clinicanorte.example","first_name":"Admin","last_name":"Norte","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,109,'Edit Customer',3,'customer','57','{"id":57,"name":"Encina Primaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":57,"name":"Encina Primaria","managed_by":"admin","status":"active","email":"aulas@encina.example","first_name":"Admin","last_name":"Encina","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,110,'Edit Customer',4,'customer','58','{"id":58,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":58,"name":"Encina Secundaria","managed_by":"admin","status":"active","email":"aulas@encina.example","first_name":"Admin","last_name":"Encina","disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,111,'Edit Customer',5,'customer','71','{"id":71,"name":"CAFE DEL MERCADO","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":71,"name":"Cafe del Mercado","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,112,'Edit Customer',6,'customer','43','{"id":43,"name":"Fisio Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":43,"name":"Fisio Norte","managed_by":"admin","status":"active","email":"fisio@norte.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,113,'Edit Customer',7,'customer','73','{"id":73,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":73,"name":"Arce Oficina Centro","managed_by":"admin","status":"active","email":"centro@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,114,'Edit Customer',8,'customer','74','{"id":74,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":74,"name":"Arce Oficina Norte","managed_by":"admin","status":"active","email":"norte@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,115,'Edit Customer',9,'customer','75','{"id":75,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":75,"name":"Arce Oficina Sur","managed_by":"admin","status":"active","email":"sur@arce.example","first_name":null,"last_name":null,"disabled_reason":null}');
INSERT INTO "journal" VALUES('another',3,116,'Disable Customer',2,'customer','64','{"id":64,"name":"Camping Los Pinos","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":64,"name":"Camping Los Pinos","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Closed in winter, opens again in April"}');
INSERT INTO "journal" VALUES('another',3,117,'Disable Customer',3,'customer','50','{"id":50,"name":"Grua Rivas","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":50,"name":"Grua Rivas","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Truck in repair"}');
INSERT INTO "journal" VALUES('another',3,118,'Disable Customer',4,'customer','56','{"id":56,"name":"Parafarmacia La Ola","managed_by":"admin","status":"active","email":null,"first_name":null,"last_name":null,"disabled_reason":null}','{"id":56,"name":"Parafarmacia La Ola","managed_by":"admin","status":"disabled","email":null,"first_name":null,"last_name":null,"disabled_reason":"Being rebuilt"}');
INSERT INTO "journal" VALUES('another',3,119,'Devices',2,'device','41/cn-recepcion',NULL,'{"customer":41,"id":"CN-RECEPCION","operating_system":"Windows 11 Pro","model":"OptiPlex 7010","avira_installed":"2026-09-03","avira_uninstalled":null,"nh_installed":"2026-09-03","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',3,120,'Devices',3,'device','41/cn-consulta-1',NULL,'{"customer":41,"id":"CN-CONSULTA-1","operating_system":"Windows 11 Pro","model":"OptiPlex 7010","avira_installed":"2026-09-03","avira_uninstalled":null,"nh_installed":"2026-09-03","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',3,121,'Devices',4,'device','41/cn-consulta-2',NULL,'{"customer":41,"id":"CN-CONSULTA-2","operating_system":"Windows 10 Pro","model":"ProDesk 400","avira_installed":"2026-09-04","avira_uninstalled":"2026-10-30","nh_installed":"2026-09-04","nh_uninstalled":null,"avira_status":"Removed","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',3,122,'Devices',5,'device','51/fp-caja-1',NULL,'{"customer":51,"id":"FP-CAJA-1","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-06","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',3,123,'Devices',6,'device','51/fp-caja-2',NULL,'{"customer":51,"id":"FP-CAJA-2","operating_system":"Windows 11 Pro","model":"ThinkCentre","avira_installed":"2026-10-06","avira_uninstalled":null,"nh_installed":"2026-10-07","nh_uninstalled":null,"avira_status":"Expired","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',3,124,'Devices',7,'device','57/ep-aula-01',NULL,'{"customer":57,"id":"EP-AULA-01","operating_system":"Windows 10 Edu","model":"ProBook 450","avira_installed":"2026-08-24","avira_uninstalled":null,"nh_installed":"2026-08-24","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Education"}');
INSERT INTO "journal" VALUES('another',3,125,'Devices',8,'device','57/ep-aula-02',NULL,'{"customer":57,"id":"EP-AULA-02","operating_system":"Windows 10 Edu","model":"ProBook 450","avira_installed":"2026-08-24","avira_uninstalled":null,"nh_installed":"2026-08-24","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Education"}');
INSERT INTO "journal" VALUES('another',3,126,'Devices',9,'device','69/fj-mostrador',NULL,'{"customer":69,"id":"FJ-MOSTRADOR","operating_system":"macOS 15","model":"Mac mini","avira_installed":"2026-10-21","avira_uninstalled":null,"nh_installed":null,"nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',3,127,'Devices',10,'device','78/npv-despacho',NULL,'{"customer":78,"id":"NPV-DESPACHO","operating_system":"Windows 11 Pro","model":"OptiPlex 5000","avira_installed":"2026-10-27","avira_uninstalled":null,"nh_installed":"2026-10-27","nh_uninstalled":null,"avira_status":"Active","product_name":"Avira Antivirus Pro"}');
INSERT INTO "journal" VALUES('another',3,128,'Devices',11,'device','79/ab-aula-1',NULL,'{"customer":79,"id":"AB-AULA-1","operating_system":"Windows 11 Edu","model":"ProBook 450","avira_installed":null,"avira_uninstalled":null,"nh_installed":"2026-10-28","nh_uninstalled":null,"avira_status":"Pending","product_name":null}');
CREATE TABLE otc (
	account_id TEXT NOT NULL, 
	code TEXT NOT NULL, 
	email TEXT NOT NULL, 
	company TEXT NOT NULL, 
	company_key TEXT NOT NULL, 
	total INTEGER NOT NULL, 
	used INTEGER NOT NULL, 
	description TEXT, 
	purchase_date TEXT, 
	expiry_date TEXT, 
	product_id TEXT, 
	runtime INTEGER, 
	CONSTRAINT pk_otc PRIMARY KEY (account_id, code), 
	CONSTRAINT fk_otc_account FOREIGN KEY(account_id) REFERENCES account (account_id), 
	CONSTRAINT ck_otc_total CHECK (total >= 1 AND total <= 1000000), 
	CONSTRAINT ck_otc_used CHECK (used >= 0 AND used <= total)
)
 STRICT

;
INSERT INTO "otc" VALUES('default','4D9GE-FE3K7-YLFQ8-UDG7B','licences@msp.example','Demo MSP','demo msp',5,0,'Trial licences, renewed','2026-06-01','2027-12-31',NULL,NULL);
INSERT INTO "otc" VALUES('default','6Q6CW-HMHWU-DA5AC-PEPG6','licences@msp.example','Hostal La Loma','hostal la loma',30,0,NULL,'2026-10-12','2028-10-11','AVPRO-24M',24);
INSERT INTO "otc" VALUES('default','7PJUC-GW3XC-PN84M-SXGG3','licences@msp.example','Talleres Rivas','talleres rivas',40,25,NULL,'2026-09-14','2028-09-13','AVPRO-24M',24);
INSERT INTO "otc" VALUES('default','8K9EW-RX6QQ-5EPQ7-QQ6XG','licences@msp.example','Notaria Puente Viejo','notaria puente viejo',15,15,'Managed by the customer, topped up','2026-10-26','2029-10-25','AVPRO-36M',36);
INSERT INTO "otc" VALUES('default','9V735-L8NRD-HRSVM-4J4N6','licences@msp.example','Grupo Norte','grupo norte',75,59,'Clinics of the north, topped up','2026-09-01','2029-08-31','AVPRO-36M',36);
INSERT INTO "otc" VALUES('default','AALAS-ER6S3-UN45V-RHD8W','licences@msp.example','Gestoria Lago Azul','gestoria lago azul',18,18,'Managed by the customer','2026-10-28','2030-10-27','AVPRO-48M',48);
INSERT INTO "otc" VALUES('default','B3QUN-UNUMR-ERYLR-95L79','licences@msp.example','Academia Brisa','academia brisa',25,25,'Managed by the customer','2026-10-26','2028-10-25','AVEDU-24M',24);
INSERT INTO "otc" VALUES('default','H5C3U-JGR88-HBQ9J-42W7Y','licences@msp.example','Farmacias Puerto','farmacias puerto',80,58,NULL,'2026-10-05','2029-10-04','AVPRO-36M',36);
INSERT INTO "otc" VALUES('default','LW9Q9-NVCEV-CBANA-XUXJ3','licences@msp.example','Mercado de Abastos','mercado de abastos',50,32,'Shared by the market stalls','2026-10-19','2029-10-18','AVPRO-36M',36);
INSERT INTO "otc" VALUES('default','NA354-FH2SG-TB3WF-PQS5H','licences@msp.example','Oficinas Arce','oficinas arce',100,74,'All offices of the group','2026-10-26','2028-10-25','AVPRO-24M',24);
INSERT INTO "otc" VALUES('default','SXXAJ-9VPWL-JJL95-CTNUF','licences@msp.example','Gestoria Lago Azul','gestoria lago azul',6,6,'Managed by the customer','2026-10-28','2030-10-27','AVPRO-48M',48);
INSERT INTO "otc" VALUES('default','YPS7E-DU5U9-PV8QG-U8ES7','licences@msp.example','Colegio Encina','colegio encina',120,115,'Classrooms and offices','2026-08-20','2029-08-19','AVEDU-36M',36);
INSERT INTO "otc" VALUES('default','KG277-RNZC4-MZMR2-QR5EA','licences@msp.example','Hostal La Loma','hostal la loma',45,29,'Replaces the old OTC','2026-11-16','2029-11-15',NULL,NULL);
INSERT INTO "otc" VALUES('another','4D9GE-FE3K7-YLFQ8-UDG7B','licences@msp.example','Demo MSP','demo msp',5,0,'Trial licences, not handed out','2026-06-01','2027-06-30',NULL,NULL);
INSERT INTO "otc" VALUES('another','6Q6CW-HMHWU-DA5AC-PEPG6','licences@msp.example','Hostal La Loma','hostal la loma',30,29,NULL,'2026-10-12','2028-10-11','AVPRO-24M',24);
INSERT INTO "otc" VALUES('another','7PJUC-GW3XC-PN84M-SXGG3','licences@msp.example','Talleres Rivas','talleres rivas',40,28,NULL,'2026-09-14','2028-09-13','AVPRO-24M',24);
INSERT INTO "otc" VALUES('another','8K9EW-RX6QQ-5EPQ7-QQ6XG','licences@msp.example','Notaria Puente Viejo','notaria puente viejo',12,12,'Managed by the customer','2026-10-26','2029-10-25','AVPRO-36M',36);
INSERT INTO "otc" VALUES('another','9V735-L8NRD-HRSVM-4J4N6','licences@msp.example','Grupo Norte','grupo norte',60,60,'Clinics of the north','2026-09-01','2029-08-31','AVPRO-36M',36);
INSERT INTO "otc" VALUES('another','AALAS-ER6S3-UN45V-RHD8W','licences@msp.example','Gestoria Lago Azul','gestoria lago azul',18,18,'Managed by the customer','2026-10-28','2030-10-27','AVPRO-48M',48);
INSERT INTO "otc" VALUES('another','B3QUN-UNUMR-ERYLR-95L79','licences@msp.example','Academia Brisa','academia brisa',25,25,'Managed by the customer','2026-10-26','2028-10-25','AVEDU-24M',24);
INSERT INTO "otc" VALUES('another','H5C3U-JGR88-HBQ9J-42W7Y','licences@msp.example','Farmacias Puerto','farmacias puerto',80,58,NULL,'2026-10-05','2029-10-04','AVPRO-36M',36);
INSERT INTO "otc" VALUES('another','LW9Q9-NVCEV-CBANA-XUXJ3','licences@msp.example','Mercado de Abastos','mercado de abastos',50,33,'Shared by the market stalls','2026-10-19','2029-10-18','AVPRO-36M',36);
INSERT INTO "otc" VALUES('another','NA354-FH2SG-TB3WF-PQS5H','licences@msp.example','Oficinas Arce','oficinas arce',100,84,'All offices of the group','2026-10-26','2028-10-25','AVPRO-24M',24);
INSERT INTO "otc" VALUES('another','SXXAJ-9VPWL-JJL95-CTNUF','licences@msp.example','Gestoria Lago Azul','gestoria lago azul',6,6,'Managed by the customer','2026-10-28','2030-10-27','AVPRO-48M',48);
INSERT INTO "otc" VALUES('another','YPS7E-DU5U9-PV8QG-U8ES7','licences@msp.example','Colegio Encina','colegio encina',120,115,'Classrooms and offices','2026-08-20','2029-08-19','AVEDU-36M',36);
CREATE TABLE subscription (
	account_id TEXT NOT NULL, 
	customer_id INTEGER NOT NULL, 
	otc TEXT NOT NULL, 
	licenses INTEGER NOT NULL, 
	CONSTRAINT pk_subscription PRIMARY KEY (account_id, customer_id, otc), 
	CONSTRAINT fk_subscription_customer FOREIGN KEY(account_id, customer_id) REFERENCES customer (account_id, customer_id), 
	CONSTRAINT fk_subscription_otc FOREIGN KEY(account_id, otc) REFERENCES otc (account_id, code), 
	CONSTRAINT ck_subscription_licenses CHECK (licenses >= 1)
)
 WITHOUT ROWID,
 STRICT

;
INSERT INTO "subscription" VALUES('another',64,'6Q6CW-HMHWU-DA5AC-PEPG6',3);
INSERT INTO "subscription" VALUES('another',63,'6Q6CW-HMHWU-DA5AC-PEPG6',4);
INSERT INTO "subscription" VALUES('another',61,'6Q6CW-HMHWU-DA5AC-PEPG6',10);
INSERT INTO "subscription" VALUES('another',62,'6Q6CW-HMHWU-DA5AC-PEPG6',12);
INSERT INTO "subscription" VALUES('another',50,'7PJUC-GW3XC-PN84M-SXGG3',3);
INSERT INTO "subscription" VALUES('another',47,'7PJUC-GW3XC-PN84M-SXGG3',4);
INSERT INTO "subscription" VALUES('another',48,'7PJUC-GW3XC-PN84M-SXGG3',5);
INSERT INTO "subscription" VALUES('another',49,'7PJUC-GW3XC-PN84M-SXGG3',7);
INSERT INTO "subscription" VALUES('another',46,'7PJUC-GW3XC-PN84M-SXGG3',9);
INSERT INTO "subscription" VALUES('another',78,'8K9EW-RX6QQ-5EPQ7-QQ6XG',12);
INSERT INTO "subscription" VALUES('another',73,'9V735-L8NRD-HRSVM-4J4N6',4);
INSERT INTO "subscription" VALUES('another',43,'9V735-L8NRD-HRSVM-4J4N6',6);
INSERT INTO "subscription" VALUES('another',42,'9V735-L8NRD-HRSVM-4J4N6',8);
INSERT INTO "subscription" VALUES('another',44,'9V735-L8NRD-HRSVM-4J4N6',10);
INSERT INTO "subscription" VALUES('another',45,'9V735-L8NRD-HRSVM-4J4N6',12);
INSERT INTO "subscription" VALUES('another',41,'9V735-L8NRD-HRSVM-4J4N6',20);
INSERT INTO "subscription" VALUES('another',80,'AALAS-ER6S3-UN45V-RHD8W',18);
INSERT INTO "subscription" VALUES('another',79,'B3QUN-UNUMR-ERYLR-95L79',25);
INSERT INTO "subscription" VALUES('another',56,'H5C3U-JGR88-HBQ9J-42W7Y',5);
INSERT INTO "subscription" VALUES('another',53,'H5C3U-JGR88-HBQ9J-42W7Y',8);
INSERT INTO "subscription" VALUES('another',54,'H5C3U-JGR88-HBQ9J-42W7Y',8);
INSERT INTO "subscription" VALUES('another',52,'H5C3U-JGR88-HBQ9J-42W7Y',10);
INSERT INTO "subscription" VALUES('another',55,'H5C3U-JGR88-HBQ9J-42W7Y',12);
INSERT INTO "subscription" VALUES('another',51,'H5C3U-JGR88-HBQ9J-42W7Y',15);
INSERT INTO "subscription" VALUES('another',69,'LW9Q9-NVCEV-CBANA-XUXJ3',1);
INSERT INTO "subscription" VALUES('another',65,'LW9Q9-NVCEV-CBANA-XUXJ3',2);
INSERT INTO "subscription" VALUES('another',67,'LW9Q9-NVCEV-CBANA-XUXJ3',2);
INSERT INTO "subscription" VALUES('another',70,'LW9Q9-NVCEV-CBANA-XUXJ3',2);
INSERT INTO "subscription" VALUES('another',66,'LW9Q9-NVCEV-CBANA-XUXJ3',3);
INSERT INTO "subscription" VALUES('another',68,'LW9Q9-NVCEV-CBANA-XUXJ3',3);
INSERT INTO "subscription" VALUES('another',51,'LW9Q9-NVCEV-CBANA-XUXJ3',4);
INSERT INTO "subscription" VALUES('another',71,'LW9Q9-NVCEV-CBANA-XUXJ3',4);
INSERT INTO "subscription" VALUES('another',61,'LW9Q9-NVCEV-CBANA-XUXJ3',6);
INSERT INTO "subscription" VALUES('another',72,'LW9Q9-NVCEV-CBANA-XUXJ3',6);
INSERT INTO "subscription" VALUES('another',41,'NA354-FH2SG-TB3WF-PQS5H',5);
INSERT INTO "subscription" VALUES('another',77,'NA354-FH2SG-TB3WF-PQS5H',6);
INSERT INTO "subscription" VALUES('another',76,'NA354-FH2SG-TB3WF-PQS5H',8);
INSERT INTO "subscription" VALUES('another',58,'NA354-FH2SG-TB3WF-PQS5H',10);
INSERT INTO "subscription" VALUES('another',74,'NA354-FH2SG-TB3WF-PQS5H',15);
INSERT INTO "subscription" VALUES('another',75,'NA354-FH2SG-TB3WF-PQS5H',15);
INSERT INTO "subscription" VALUES('another',73,'NA354-FH2SG-TB3WF-PQS5H',25);
INSERT INTO "subscription" VALUES('another',80,'SXXAJ-9VPWL-JJL95-CTNUF',6);
INSERT INTO "subscription" VALUES('another',60,'YPS7E-DU5U9-PV8QG-U8ES7',8);
INSERT INTO "subscription" VALUES('another',59,'YPS7E-DU5U9-PV8QG-U8ES7',12);
INSERT INTO "subscription" VALUES('another',57,'YPS7E-DU5U9-PV8QG-U8ES7',45);
INSERT INTO "subscription" VALUES('another',58,'YPS7E-DU5U9-PV8QG-U8ES7',50);
INSERT INTO "subscription" VALUES('default',7,'7PJUC-GW3XC-PN84M-SXGG3',4);
INSERT INTO "subscription" VALUES('default',8,'7PJUC-GW3XC-PN84M-SXGG3',5);
INSERT INTO "subscription" VALUES('default',9,'7PJUC-GW3XC-PN84M-SXGG3',7);
INSERT INTO "subscription" VALUES('default',6,'7PJUC-GW3XC-PN84M-SXGG3',9);
INSERT INTO "subscription" VALUES('default',38,'8K9EW-RX6QQ-5EPQ7-QQ6XG',15);
INSERT INTO "subscription" VALUES('default',33,'9V735-L8NRD-HRSVM-4J4N6',4);
INSERT INTO "subscription" VALUES('default',3,'9V735-L8NRD-HRSVM-4J4N6',6);
INSERT INTO "subscription" VALUES('default',2,'9V735-L8NRD-HRSVM-4J4N6',8);
INSERT INTO "subscription" VALUES('default',5,'9V735-L8NRD-HRSVM-4J4N6',10);
INSERT INTO "subscription" VALUES('default',1,'9V735-L8NRD-HRSVM-4J4N6',31);
INSERT INTO "subscription" VALUES('default',40,'AALAS-ER6S3-UN45V-RHD8W',18);
INSERT INTO "subscription" VALUES('default',39,'B3QUN-UNUMR-ERYLR-95L79',25);
INSERT INTO "subscription" VALUES('default',16,'H5C3U-JGR88-HBQ9J-42W7Y',5);
INSERT INTO "subscription" VALUES('default',13,'H5C3U-JGR88-HBQ9J-42W7Y',8);
INSERT INTO "subscription" VALUES('default',14,'H5C3U-JGR88-HBQ9J-42W7Y',8);
INSERT INTO "subscription" VALUES('default',12,'H5C3U-JGR88-HBQ9J-42W7Y',10);
INSERT INTO "subscription" VALUES('default',15,'H5C3U-JGR88-HBQ9J-42W7Y',12);
INSERT INTO "subscription" VALUES('default',11,'H5C3U-JGR88-HBQ9J-42W7Y',15);
INSERT INTO "subscription" VALUES('default',24,'KG277-RNZC4-MZMR2-QR5EA',3);
INSERT INTO "subscription" VALUES('default',23,'KG277-RNZC4-MZMR2-QR5EA',4);
INSERT INTO "subscription" VALUES('default',21,'KG277-RNZC4-MZMR2-QR5EA',10);
INSERT INTO "subscription" VALUES('default',22,'KG277-RNZC4-MZMR2-QR5EA',12);
INSERT INTO "subscription" VALUES('default',25,'LW9Q9-NVCEV-CBANA-XUXJ3',2);
INSERT INTO "subscription" VALUES('default',27,'LW9Q9-NVCEV-CBANA-XUXJ3',2);
INSERT INTO "subscription" VALUES('default',30,'LW9Q9-NVCEV-CBANA-XUXJ3',2);
INSERT INTO "subscription" VALUES('default',26,'LW9Q9-NVCEV-CBANA-XUXJ3',3);
INSERT INTO "subscription" VALUES('default',28,'LW9Q9-NVCEV-CBANA-XUXJ3',3);
INSERT INTO "subscription" VALUES('default',11,'LW9Q9-NVCEV-CBANA-XUXJ3',4);
INSERT INTO "subscription" VALUES('default',31,'LW9Q9-NVCEV-CBANA-XUXJ3',4);
INSERT INTO "subscription" VALUES('default',21,'LW9Q9-NVCEV-CBANA-XUXJ3',6);
INSERT INTO "subscription" VALUES('default',32,'LW9Q9-NVCEV-CBANA-XUXJ3',6);
INSERT INTO "subscription" VALUES('default',37,'NA354-FH2SG-TB3WF-PQS5H',9);
INSERT INTO "subscription" VALUES('default',4,'NA354-FH2SG-TB3WF-PQS5H',10);
INSERT INTO "subscription" VALUES('default',34,'NA354-FH2SG-TB3WF-PQS5H',15);
INSERT INTO "subscription" VALUES('default',35,'NA354-FH2SG-TB3WF-PQS5H',15);
INSERT INTO "subscription" VALUES('default',33,'NA354-FH2SG-TB3WF-PQS5H',25);
INSERT INTO "subscription" VALUES('default',40,'SXXAJ-9VPWL-JJL95-CTNUF',6);
INSERT INTO "subscription" VALUES('default',20,'YPS7E-DU5U9-PV8QG-U8ES7',8);
INSERT INTO "subscription" VALUES('default',19,'YPS7E-DU5U9-PV8QG-U8ES7',12);
INSERT INTO "subscription" VALUES('default',17,'YPS7E-DU5U9-PV8QG-U8ES7',45);
INSERT INTO "subscription" VALUES('default',18,'YPS7E-DU5U9-PV8QG-U8ES7',50);
CREATE INDEX ix_otc_company_key ON otc (account_id, company_key);
CREATE INDEX ix_customer_accentless_key ON customer (account_id, accentless_key);
CREATE UNIQUE INDEX uq_customer_email_key ON customer (account_id, email_key) WHERE managed_by = 'customer';
CREATE INDEX ix_subscription_otc ON subscription (account_id, otc, licenses);
CREATE TRIGGER batch_no_update BEFORE UPDATE ON batch BEGIN SELECT RAISE(ABORT, 'batch is append-only'); END;
CREATE TRIGGER batch_no_delete BEFORE DELETE ON batch BEGIN SELECT RAISE(ABORT, 'batch is append-only'); END;
CREATE TRIGGER batch_no_replace BEFORE INSERT ON batch WHEN EXISTS (SELECT 1 FROM batch WHERE account_id = NEW.account_id AND (batch = NEW.batch OR entry = NEW.entry)) BEGIN SELECT RAISE(ABORT, 'batch is append-only'); END;
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal WHEN EXISTS (SELECT 1 FROM journal WHERE account_id = NEW.account_id AND (entry = NEW.entry AND line = NEW.line)) BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
COMMIT;
