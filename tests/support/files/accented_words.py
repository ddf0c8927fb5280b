"""Words with accented letters, as names of customers and companies have them, by language."""

_WORDS = {
    "Spanish": (
        "alimentación almacén móvil análisis apícola aragonés Aránzazu audífonos Begoña bisutería "
        "bombón Cañizares cervecería Chávez cirugía climatización cocinería compañías cosmética "
        "cristalería Dámaso decoración depósitos Domínguez droguería ebanistería ecológica Efraín "
        "energía Estefanía estación exportación fábricas ferrovía fotografía frutería Galdós "
        "geología Guzmán heladería Hernández hidráulica ingeniería Muñiz Jiménez joyería "
        "juguetería Julián lavandería logística marisquería Méndez muñecas Nicolás notaría óptimo "
        "Pontón papelería pizzería podología psicología química relojería Requeséns Rincón salmón "
        "sastrería señalización sidrería Suárez tapicería teñidos topografía tráfico Vázquez "
        "veterinaría viñedos zapatería"
    ),
    "Portuguese": (
        "armazéns avaliação bênção Brandão Falcão catálogo comércio comunicações confecções "
        "decorações distribuição edições elétrica engraçado esperança exportações fábricas gestão "
        "gráfica habitação hotéis imóveis importação inovação jóias Mourão manutenção mármores "
        "médicos móveis nutrição óculos ortopédica pavões produção promoções químicos refeições "
        "salões seguranças soluções têxteis tradições vidraçaria violões"
    ),
    "French": (
        "agréé ancêtre bénéfice boisé Zénith cafétéria charcutière chocolatière Métropole "
        "coopérative couturière créations cuisinière électricité épicerie étoile forêts fromagère "
        "gérance hébergement hôtelière immobilière infirmière joaillière ménage mécanique "
        "médicale négoce lunetière pépinière poissonnière propriétaire prévention rénovation "
        "sécurité théière vêtements"
    ),
    "Catalan": (
        "administració càmping caçador ceràmica comunicació cuirassós dolços estació Girò Rubió "
        "informàtica llibrería logística mecànics oncològica òptiques pediàtrica pneumàtics "
        "podòleg psicòleg radiòleg residència tèxtil veterinària"
    ),
    "German": (
        "Anhänger Blüte Bürobedarf Dächer Färber Früchte Gärtnerei Gemüse Getränke Gläser "
        "Göttingen Grünwald Häfele Hörgeräte Kälte Kästner Kräuter Küchenbau Künstler Mäder "
        "Möbelhaus Mühle Nähmaschinen Nüsse Öfen Räder Rüdiger Sägewerk Sänger Schlösser "
        "Schmölzer Schützen Stühle Süßwaren Tänzer Türen Würste Züge"
    ),
}

WORDS = {language: words.split() for language, words in _WORDS.items()}
